package dev.lanekeeper.gateway.http1;

import dev.lanekeeper.gateway.http.FieldName;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.MalformedMessageException;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.gateway.http.ResponseHead;
import dev.lanekeeper.gateway.http.Timeouts;
import dev.lanekeeper.gateway.proxy.Deadlines;
import dev.lanekeeper.gateway.proxy.Exchange;
import dev.lanekeeper.gateway.proxy.Upstream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server, for one request after the other.
 *
 * <pre>
 *   IDLE --request--&gt; WAITING --head--&gt; READING --whole, and so is the request--&gt; IDLE
 *     |                  |                 \--not to be used again--&gt; closed
 *     \--anything comes--+--lost, late, no HTTP--&gt; closed
 * </pre>
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the connection, which is told by channelInactive
public final class Http1ClientConnection extends ChannelInboundHandlerAdapter implements Upstream, Deadlines.Timed {

  private enum State {
    IDLE,
    WAITING,
    READING,
    TUNNEL,
    CLOSED
  }

  private final Deadlines deadlines;
  private final Timeouts timeouts;
  private final String where;
  private final Consumer<Http1ClientConnection> idle;
  private final Consumer<Http1ClientConnection> gone;
  private final ResponseReader reader;
  private final BodyReader body;
  @SuppressWarnings("NullAway.Init") private ChannelHandlerContext context; // before anything else is called
  @SuppressWarnings("NullAway.Init") private Outbound out; // likewise
  private State state = State.IDLE;
  private @Nullable Exchange exchange;
  /** Whose response is whole, and not sent yet. */
  private @Nullable Exchange unflushed;
  private String method = "";
  private boolean chunked;
  private boolean requestWhole;
  private boolean keepsAlive;
  private boolean touched;
  /** Whether the response may be silent for as long as it likes. */
  private boolean streams;
  private boolean served;
  private boolean reading = true;
  private long deadline;

  /**
   * A connection that is about to be opened.
   *
   * @param where for people
   * @param idle told when it can serve another request
   * @param gone told when it was idle, and is closed
   */
  public Http1ClientConnection(Deadlines deadlines, Timeouts timeouts, Limits limits, String where,
      Consumer<Http1ClientConnection> idle, Consumer<Http1ClientConnection> gone) {
    this.deadlines = deadlines;
    this.timeouts = timeouts;
    this.where = where;
    this.idle = idle;
    this.gone = gone;
    reader = new ResponseReader(limits);
    body = new BodyReader(limits);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    out = new Outbound(added);
    deadlines.add(this);
  }

  /** Whether it may be given a request. */
  public boolean isOpen() {
    return state == State.IDLE && context.channel().isActive();
  }

  /** Whether it has served a request before. */
  public boolean hasServed() {
    return served;
  }

  /** Writes the head of a request; the response is the exchange's. */
  public void send(Exchange next) {
    RequestHead head = next.head();
    exchange = next;
    state = State.WAITING;
    method = head.method();
    chunked = head.length() == RequestHead.STREAMED;
    requestWhole = !head.hasBody();
    touched = false;
    streams = false;
    reader.reset();
    HeadWriter.request(out, head);
    waitForResponse();
    next.attached(this, served);
  }

  /**
   * Its time counts once it has the whole request, and while it does not take what there is of it: else it is the client that is slow.
   * What streams may be silent.
   */
  private void waitForResponse() {
    boolean itsTurn = requestWhole || !isWritable();
    deadline = itsTurn && reading && !streams && state != State.TUNNEL
        ? deadlines.in(timeouts.response().toNanos())
        : 0;
  }

  @Override
  public void body(ByteBuf piece) {
    if (chunked) {
      ChunkWriter.piece(out, piece);
    } else {
      out.write(piece);
    }
    waitForResponse();
  }

  @Override
  public void end(@Nullable Fields trailers) {
    if (chunked) {
      ChunkWriter.end(out, trailers);
    }
    requestWhole = true;
    waitForResponse();
  }

  @Override
  public void flush() {
    out.flush();
  }

  @Override
  public boolean isWritable() {
    return context.channel().isWritable();
  }

  @Override
  public void wantBody(boolean wanted) {
    if (wanted != reading) {
      reading = wanted;
      waitForResponse();
      context.channel().config().setAutoRead(wanted);
    }
  }

  @Override
  public void cancel() {
    exchange = null;
    close();
  }

  private void close() {
    boolean wasIdle = state == State.IDLE;
    state = State.CLOSED;
    if (wasIdle) {
      gone.accept(this);
    }
    context.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    deadlines.remove(this); // also of a connection that never came about
    out.release();
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    deadlines.arrived();
    ByteBuf in = (ByteBuf) message;
    try {
      touched = true;
      while (in.isReadable() && take(in)) {
        // Goes on with what is left.
      }
    } catch (MalformedMessageException malformed) {
      lost(where + ": its response is no HTTP that can be passed on: " + malformed.getMessage());
      close();
    } finally {
      in.release();
    }
  }

  private boolean take(ByteBuf in) throws MalformedMessageException {
    return switch (state) {
      case WAITING -> head(in);
      case READING -> responseBody(in);
      case TUNNEL -> {
        if (exchange != null) {
          exchange.responseBody(in.readRetainedSlice(in.readableBytes()));
        }
        yield false;
      }
      case IDLE -> {
        close(); // INVARIANT: what nobody has asked for answers nobody: it would be taken for the next request's.
        yield false;
      }
      case CLOSED -> false;
    };
  }

  private boolean head(ByteBuf in) throws MalformedMessageException {
    if (!reader.read(in)) {
      return false;
    }
    ResponseHead head = reader.head(method);
    Exchange waiting = exchange;
    if (waiting == null) {
      return false;
    }
    waitForResponse();
    if (head.isInterim()) {
      waiting.response(head, false);
      reader.reset();
      return true;
    }
    keepsAlive = reader.keepsAlive();
    if (head.status() == 101) {
      Fields fields = head.fields();
      int to = fields.find(FieldName.UPGRADE);
      if (waiting.head().upgrade() == null || to < 0 || !fields.isValue(to, waiting.head().upgrade())) {
        throw MalformedMessageException.bad("status 101: nobody asked for another protocol (expected: a response)");
      }
      state = State.TUNNEL;
      waitForResponse();
      waiting.response(head, false);
      return true;
    }
    boolean last = head.length() == 0;
    if (last) {
      settle(waiting, in);
      waiting.response(head, true);
      return false;
    }
    state = State.READING;
    streams = head.isEventStream();
    waitForResponse();
    if (head.length() > 0) {
      body.beginLength(head.length());
    } else if (reader.isUntilClose()) {
      body.beginUntilClose();
    } else {
      body.beginChunks();
    }
    waiting.response(head, false);
    return true;
  }

  private boolean responseBody(ByteBuf in) throws MalformedMessageException {
    ByteBuf piece = body.next(in);
    Exchange waiting = exchange;
    if (waiting == null) {
      if (piece != null) {
        piece.release();
      }
      return false;
    }
    if (piece != null) {
      waitForResponse();
      waiting.responseBody(piece);
    }
    if (body.isDone()) {
      Fields trailers = body.trailers();
      settle(waiting, in);
      waiting.responseEnd(trailers);
      return false;
    }
    return true;
  }

  /** The response is whole: the connection may serve another request if the request is whole, too, and nothing came behind. */
  private void settle(Exchange answered, ByteBuf in) {
    exchange = null;
    unflushed = answered;
    served = true;
    if (keepsAlive && requestWhole && !in.isReadable() && !answered.isTunnel()) {
      state = State.IDLE;
      wantBody(true);
      deadline = deadlines.in(timeouts.pooled().toNanos());
      idle.accept(this);
    } else {
      close();
    }
  }

  private void lost(String why) {
    Exchange waiting = exchange;
    exchange = null;
    if (waiting != null) {
      waiting.upstreamLost(!touched, why);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext read) {
    Exchange answered = unflushed;
    if (answered != null) {
      unflushed = null;
      answered.flush();
    }
    if (exchange != null) {
      exchange.flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext changed) {
    deadlines.arrived();
    if (exchange != null) {
      waitForResponse();
      exchange.upstreamWritable(changed.channel().isWritable());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext closed) {
    deadlines.remove(this);
    out.release();
    State before = state;
    state = State.CLOSED;
    Exchange waiting = exchange;
    if (before == State.IDLE) {
      gone.accept(this);
    } else if (waiting != null && (before == State.TUNNEL || (before == State.READING && body.isUntilClose()))) {
      exchange = null;
      waiting.responseEnd(null);
      waiting.flush();
    } else {
      lost(where + ": it closed the connection before its response was whole");
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext broken, Throwable cause) {
    lost(where + ": " + cause.getMessage());
    broken.close();
  }

  @Override
  public long deadlineNanos() {
    return deadline;
  }

  @Override
  public void expire() {
    Exchange waiting = exchange;
    exchange = null;
    close();
    if (waiting != null) {
      waiting.upstreamLate(where + ": nothing came for " + timeouts.response() + " (expected: a response)");
    }
  }
}

package dev.lanekeeper.gateway.http1;

import dev.lanekeeper.gateway.http.FieldName;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.HttpVersion;
import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.MalformedMessageException;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.gateway.http.ResponseHead;
import dev.lanekeeper.gateway.http.Timeouts;
import dev.lanekeeper.gateway.proxy.Answer;
import dev.lanekeeper.gateway.proxy.Deadlines;
import dev.lanekeeper.gateway.proxy.Downstream;
import dev.lanekeeper.gateway.proxy.Exchange;
import dev.lanekeeper.gateway.proxy.Pending;
import dev.lanekeeper.gateway.proxy.Site;
import dev.lanekeeper.gateway.routing.LocalResponse;
import dev.lanekeeper.gateway.routing.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection on which requests come in, one after the other. What comes before its turn (pipelining) waits, unread as soon as it is
 * more than a little.
 *
 * <pre>
 *   HEAD --head--&gt; EXCHANGE --both whole--&gt; HEAD
 *     |               |  \--answered before the request was whole, or no more to come--&gt; LINGERING --&gt; closed
 *     \--malformed----+                  \--101--&gt; TUNNEL
 * </pre>
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the connection, which is told by channelInactive
public final class Http1ServerConnection extends ChannelInboundHandlerAdapter implements Downstream, Deadlines.Timed {

  private static final int MOST_AHEAD = 64 * 1024;
  private static final long LINGER_NANOS = 2_000_000_000L;

  /** What no client takes for an answer. */
  private static final byte[] NO_HTTP = {0x15, 0x03, 0x7f, 0x00, 0x1b, (byte) 0xfe, 0x6c, 0x0d, 0x2b, (byte) 0xc3};
  private static final byte[] NO_BODY = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno size of a chunk"
      .getBytes(StandardCharsets.US_ASCII);

  private enum State {
    HEAD,
    EXCHANGE,
    TUNNEL,
    LINGERING
  }

  private final Function<Channel, Site> sites;
  private final Deadlines deadlines;
  private final Timeouts timeouts;
  private final RequestReader reader;
  private final BodyReader body;
  @SuppressWarnings("NullAway.Init") private ChannelHandlerContext context; // before anything else is called
  @SuppressWarnings("NullAway.Init") private Outbound out; // likewise
  private @Nullable Site site;
  private State state = State.HEAD;
  private @Nullable Exchange exchange;
  private @Nullable ByteBuf ahead;
  private boolean bodyWanted = true;
  private boolean reading = true;
  private boolean chunked;
  private boolean keepsAlive;
  private boolean http10;
  private boolean responseWhole;
  private boolean processing;
  /** Whether there is more to come that nobody will look at. */
  private boolean unread;
  private boolean draining;
  private int discarded;
  private boolean expects;
  private boolean bodiless;
  private long deadline;
  /** How much he had to take before more is written, when he was waited for last; 0 if he is not. */
  private long pending;

  /**
   * A connection that is about to be opened.
   *
   * @param sites what is known of it once it is
   * @param secure whether it is by TLS
   */
  public Http1ServerConnection(Function<Channel, Site> sites, Deadlines deadlines, Timeouts timeouts,
      Limits limits,
      boolean secure) {
    this.sites = sites;
    this.deadlines = deadlines;
    this.timeouts = timeouts;
    reader = new RequestReader(limits, secure);
    body = new BodyReader(limits);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    out = new Outbound(added);
    if (added.channel().isActive()) {
      opened();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    opened();
  }

  private void opened() {
    if (site == null) {
      deadlines.arrived();
      site = sites.apply(context.channel());
      deadlines.add(this);
      deadline = deadlines.in(timeouts.head().toNanos());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext gone) {
    deadlines.remove(this);
    releaseAhead();
    Exchange running = exchange;
    exchange = null;
    if (running != null) {
      running.downstreamGone();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    releaseAhead();
  }

  private void releaseAhead() {
    out.release();
    if (ahead != null) {
      ahead.release();
      ahead = null;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext broken, Throwable cause) {
    broken.close(); // a reset, most times; who is not told by it is told by channelInactive
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    deadlines.arrived();
    ByteBuf in = (ByteBuf) message;
    ByteBuf before = ahead;
    if (before != null) {
      ahead = null;
      in = before.writeBytes(in);
      ((ByteBuf) message).release();
    }
    process(in);
  }

  /** Takes what it can of what has arrived, and keeps the rest. */
  private void process(ByteBuf in) {
    processing = true;
    try {
      while (in.isReadable() && take(in)) {
        // Goes on with what is left.
      }
    } catch (MalformedMessageException malformed) {
      malformed(malformed);
    } finally {
      processing = false;
      if (in.isReadable() && state != State.LINGERING && context.channel().isActive()) {
        keep(in);
      } else {
        in.release();
      }
    }
    listen();
  }

  private void keep(ByteBuf in) {
    ByteBuf kept = context.alloc().buffer(in.readableBytes());
    kept.writeBytes(in);
    in.release();
    ahead = kept;
  }

  /** Takes one thing. Whether there may be more to take. */
  private boolean take(ByteBuf in) throws MalformedMessageException {
    return switch (state) {
      case HEAD -> head(in);
      case EXCHANGE -> requestBody(in);
      case TUNNEL -> tunnel(in);
      case LINGERING -> {
        in.skipBytes(in.readableBytes());
        yield false;
      }
    };
  }

  private boolean head(ByteBuf in) throws MalformedMessageException {
    if (!reader.isBegun()) {
      deadline = deadlines.in(timeouts.head().toNanos());
    }
    if (!reader.read(in)) {
      return false;
    }
    RequestHead head = reader.head();
    keepsAlive = reader.keepsAlive() && !draining;
    http10 = head.version() == HttpVersion.HTTP_1_0;
    responseWhole = false;
    discarded = 0;
    bodiless = head.method().equals("HEAD");
    expects = head.fields().find(FieldName.EXPECT) >= 0;
    bodyWanted = true;
    if (head.length() == RequestHead.STREAMED) {
      body.beginChunks();
    } else {
      body.beginLength(head.length());
    }
    state = State.EXCHANGE;
    deadline = head.hasBody() ? deadlines.in(timeouts.body().toNanos()) : 0;
    Exchange begun = new Exchange(requireSite(), this, head);
    exchange = begun;
    begun.begin();
    return true;
  }

  private Site requireSite() {
    Site known = site;
    if (known == null) {
      throw new IllegalStateException("not opened");
    }
    return known;
  }

  private boolean requestBody(ByteBuf in) throws MalformedMessageException {
    if (body.isDone() || !bodyWanted) {
      return false;
    }
    ByteBuf piece = body.next(in);
    Exchange running = exchange;
    if (piece != null) {
      deadline = deadlines.in(timeouts.body().toNanos());
      if (running == null) {
        discard(piece);
      } else {
        running.requestBody(piece);
      }
    }
    if (body.isDone()) {
      deadline = 0;
      if (running != null) {
        running.requestEnd(body.trailers());
      }
      settle();
      return true;
    }
    return piece != null;
  }

  /** What of a body is left when it was answered is read, if it is not much: then the connection can go on. */
  private void discard(ByteBuf piece) {
    discarded += piece.readableBytes();
    piece.release();
    if (discarded > MOST_AHEAD) {
      linger();
    }
  }

  private boolean tunnel(ByteBuf in) {
    Exchange running = exchange;
    if (running == null || !bodyWanted) {
      return false;
    }
    running.requestBody(in.readRetainedSlice(in.readableBytes()));
    return false;
  }

  private void malformed(MalformedMessageException malformed) {
    keepsAlive = false;
    unread = true;
    String detail = String.valueOf(malformed.getMessage());
    Exchange running = exchange;
    if (running != null) {
      running.requestMalformed(malformed.status(), detail);
      return;
    }
    if (state == State.EXCHANGE) {
      linger(); // it was answered before
      return;
    }
    state = State.EXCHANGE;
    http10 = false;
    Answer.of(Refusal.malformed(malformed.status(), detail)).send(this, false);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext read) {
    Exchange running = exchange;
    if (running != null) {
      running.flushRequest();
    }
    flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext changed) {
    deadlines.arrived();
    Exchange running = exchange;
    boolean writable = changed.channel().isWritable();
    if (running != null) {
      running.downstreamWritable(writable);
      pending = 0;
      if (!writable) {
        waitForTaker();
      } else {
        deadline = body.isDone() ? 0 : deadlines.in(timeouts.body().toNanos());
      }
    }
  }

  /** Who takes what he is sent has time, as long as he takes some of it. */
  private void waitForTaker() {
    pending = Math.max(1, Pending.bytes(context.channel()));
    deadline = deadlines.in(timeouts.body().toNanos());
  }

  /** Whether some of what he is sent was taken since he was waited for last. */
  private boolean hasTaken() {
    long left = Math.max(1, Pending.bytes(context.channel()));
    boolean some = pending > 0 && left < pending;
    if (some) {
      waitForTaker();
    }
    return some;
  }

  /** Reads from the connection, or leaves what comes to wait in the system's buffers. */
  private void listen() {
    boolean wanted = switch (state) {
      case HEAD, LINGERING -> true;
      case EXCHANGE -> body.isDone() ? ahead == null || ahead.readableBytes() < MOST_AHEAD : bodyWanted;
      case TUNNEL -> bodyWanted;
    };
    if (wanted != reading) {
      reading = wanted;
      context.channel().config().setAutoRead(wanted);
    }
  }

  @Override
  public void wantBody(boolean wanted) {
    if (wanted == bodyWanted) {
      return;
    }
    bodyWanted = wanted;
    if (!body.isDone() && state == State.EXCHANGE) {
      deadline = wanted ? deadlines.in(timeouts.body().toNanos()) : 0; // it is not the client that is slow
    }
    if (wanted && !processing && ahead != null) {
      goOn();
    } else {
      listen();
    }
  }

  /** Takes what has waited. */
  private void goOn() {
    ByteBuf waiting = ahead;
    ahead = null;
    if (waiting != null) {
      process(waiting);
      Exchange running = exchange;
      if (running != null) {
        running.flushRequest();
      }
    }
  }

  @Override
  public void respond(ResponseHead head, boolean last) {
    if (head.isInterim()) {
      if (!http10) {
        HeadWriter.response(out, head, false, HeadWriter.Connection.STAYS);
      }
      return;
    }
    chunked = head.length() == ResponseHead.STREAMED && !http10;
    if (head.status() == 101) {
      HeadWriter.response(out, head, false, HeadWriter.Connection.UPGRADES);
      return;
    }
    if (last && mayHaveBody(head.status()) && head.fields().find(FieldName.CONTENT_LENGTH) < 0) {
      head.fields().add(FieldName.CONTENT_LENGTH.text(), "0");
    }
    // INVARIANT: what ends with the connection says so.
    keepsAlive &= !expects || body.isDone();
    keepsAlive &= chunked || head.length() != ResponseHead.STREAMED;
    HeadWriter.Connection connection = !keepsAlive
        ? HeadWriter.Connection.CLOSES
        : http10 ? HeadWriter.Connection.SAYS_IT_STAYS : HeadWriter.Connection.STAYS;
    HeadWriter.response(out, head, chunked, connection);
    if (last) {
      responseWhole = true;
      settle();
    }
  }

  /** Whether a response is taken to have a body where nothing is said of its length (RFC 9112, section 6.3). */
  private boolean mayHaveBody(int status) {
    return !bodiless && status != 204 && status != 304;
  }

  @Override
  public void body(ByteBuf piece) {
    if (chunked) {
      ChunkWriter.piece(out, piece);
    } else {
      out.write(piece);
    }
  }

  @Override
  public void end(@Nullable Fields trailers) {
    if (chunked) {
      ChunkWriter.end(out, trailers);
    }
    if (state == State.TUNNEL) {
      close();
    }
    responseWhole = true;
    settle();
  }

  /** Goes on to the next request once this one is whole, and answered. */
  private void settle() {
    if (!responseWhole || state != State.EXCHANGE) {
      return;
    }
    if (!keepsAlive || (expects && !body.isDone())) {
      linger(); // who waited for a 100 may not send the body any more: what comes next could be either
      return;
    }
    if (!body.isDone()) {
      exchange = null;
      deadline = deadlines.in(timeouts.body().toNanos());
      wantBody(true);
      return;
    }
    exchange = null;
    reader.reset();
    state = State.HEAD;
    deadline = deadlines.in(timeouts.idle().toNanos());
    if (!processing && ahead != null) {
      flush();
      goOn();
      flush();
    }
  }

  /**
   * Sends what is left to send, and ends; what the client is still sending is not looked at. A connection that is closed with unread bytes
   * is reset, and the client may lose the answer (RFC 9112, section 9.6).
   */
  private void linger() {
    state = State.LINGERING;
    exchange = null;
    out.push();
    waitForTaker(); // what is left to be sent takes as long as it takes
    boolean whole = body.isDone() && ahead == null && !unread;
    context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
      if (!sent.isSuccess() || whole || !(context.channel() instanceof DuplexChannel duplex)) {
        context.close();
      } else {
        pending = 0;
        deadline = deadlines.in(LINGER_NANOS);
        duplex.shutdownOutput();
      }
    });
    listen();
  }

  @Override
  public void abort() {
    exchange = null;
    out.flush();
    context.close();
  }

  @Override
  public void fail(LocalResponse.Fault fault) {
    exchange = null;
    keepsAlive = false;
    switch (fault) {
      case RESET -> context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
      case EMPTY -> out.flush();
      case GARBAGE -> out.write(Unpooled.wrappedBuffer(NO_HTTP));
      case MALFORMED_BODY -> out.write(Unpooled.wrappedBuffer(NO_BODY));
    }
    if (fault == LocalResponse.Fault.RESET) {
      context.close();
    } else {
      close();
    }
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
  public void becomeTunnel() {
    state = State.TUNNEL;
    chunked = false;
    deadline = 0;
    flush();
    if (!processing && ahead != null) {
      goOn();
    }
    listen();
  }

  /** Takes no further request: the gateway is being closed. */
  public void drain() {
    draining = true;
    if (state == State.HEAD && !reader.isBegun()) {
      context.close();
    } else {
      keepsAlive = false;
    }
  }

  @Override
  public long deadlineNanos() {
    return deadline;
  }

  @Override
  public void expire() {
    if (hasTaken()) {
      return;
    }
    if (state == State.HEAD && reader.isBegun()) {
      malformed(
          new MalformedMessageException(408, "head: not whole in time (expected: within " + timeouts.head() + ")"));
      flush();
    } else if (state == State.EXCHANGE && exchange != null && !body.isDone()) {
      keepsAlive = false;
      exchange.requestMalformed(408, "body: nothing came for " + timeouts.body() + " (expected: a piece)");
      flush();
    } else {
      context.close();
    }
  }

  /** Ends a tunnel, once all was sent. */
  private void close() {
    out.push();
    context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }
}

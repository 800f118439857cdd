package dev.lanekeeper.gateway.proxy;

import dev.lanekeeper.gateway.fairness.Ticket;
import dev.lanekeeper.gateway.fairness.Turn;
import dev.lanekeeper.gateway.http.Ascii;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.gateway.http.ResponseHead;
import dev.lanekeeper.gateway.routing.LocalResponse;
import dev.lanekeeper.gateway.routing.Peer;
import dev.lanekeeper.gateway.routing.Refusal;
import dev.lanekeeper.gateway.routing.Router;
import dev.lanekeeper.gateway.routing.Verdict;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Tag;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response.
 *
 * <pre>
 *   DECIDING --forward--&gt; CONNECTING --connected--&gt; OPEN --head--&gt; ANSWERING --whole--&gt; DONE
 *       |  \--ask--&gt; (asked)  ^             |            |   \--lost before any byte, and safe--&gt; CONNECTING
 *       |  \--busy--&gt; WAITING-+       not reached, lost: refused
 *       \--refuse--&gt; DONE
 * </pre>
 *
 * <p>INVARIANT: each side is told of the other's end once: no request is left without an answer, or with half of one that looks whole.
 *
 * <p><b>Threads.</b> The event loop of both connections.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the stage completes normally
public final class Exchange {

  private enum State {
    DECIDING,
    WAITING,
    CONNECTING,
    OPEN,
    ANSWERING,
    DONE
  }

  private final Site site;
  private final Downstream downstream;
  private final RequestHead head;
  private State state = State.DECIDING;
  private Verdict.@Nullable Forward forward;
  private @Nullable Upstream upstream;
  /** What came of the body before there was somebody to send it to. */
  private final ArrayDeque<ByteBuf> early = new ArrayDeque<>();
  private boolean requestEnded;
  private @Nullable Fields trailers;
  /** Whether a byte of the body has been sent: then it cannot be sent again. */
  private boolean bodySent;
  private boolean reused;
  private boolean tunnel;
  private @Nullable Turn turn;
  private final @Nullable Watched watched;

  /** What an observer is told in the end; there only where there is one. */
  private static final class Watched {
    private final long beganMillis = System.currentTimeMillis();
    private final long beganNanos = System.nanoTime();
    private Tag tag = Tag.NONE;
    private String reason = "";
    private String to = "";
    private int status;
    private boolean whole;
  }

  /** A request whose head was read. */
  public Exchange(Site site, Downstream downstream, RequestHead head) {
    this.site = site;
    this.downstream = downstream;
    this.head = head;
    watched = site.observer() == null ? null : new Watched();
  }

  /** Decides where it goes, and sends it there. */
  public void begin() {
    requestEnded = !head.hasBody() && head.upgrade() == null;
    if (site.isLoop(head)) {
      refuse(new Refusal(508, "loop-detected", "Loop detected",
          "the request has been here before (expected: a target that does not lead back to this gateway)"));
      return;
    }
    if (head.method().equals("CONNECT")) {
      refuse(new Refusal(501, "connect-unsupported", "CONNECT unsupported",
          head.authority() + ": what is within TLS cannot be routed (expected: the plain http URL of the service)"));
      return;
    }
    if (isLastHop()) {
      refuse(new Refusal(501, "max-forwards", "Max-Forwards reached",
          head.method() + " ends here: its Max-Forwards is 0 (expected: more, to reach somebody behind the gateway)"));
      return;
    }
    decide(false);
  }

  /** Counts down what of hops is left, for the methods that have it counted (RFC 9110, section 7.6.2). */
  private boolean isLastHop() {
    int at = head.method().equals("OPTIONS") || head.method().equals("TRACE") ? head.fields().find("max-forwards") : -1;
    if (at < 0) {
      return false;
    }
    Fields fields = head.fields();
    long hops = Ascii.number(fields.bytes(), fields.valueFrom(at), fields.valueEnd(at));
    if (hops > 0) {
      fields.drop(at);
      fields.add("max-forwards", Long.toString(hops - 1));
    }
    return hops == 0;
  }

  private void decide(boolean answered) {
    decide(new Router.Attempt(answered, null, site.spread()));
  }

  private void decide(Router.Attempt attempt) {
    Verdict verdict = site.router().decide(head, site.peer(), attempt);
    watch(verdict);
    switch (verdict) {
      case Verdict.Forward to -> {
        forward = to;
        site.router().carry(head, to, site.peer());
        if (!to.isToStubs()) {
          site.mark(head); // what stubs do not take may come back here, and is no loop
        }
        enter(to);
      }
      case Verdict.Refuse(Refusal problem) -> refuse(problem);
      case Verdict.Ours ours -> {
        state = State.OPEN;
        LocalUpstream local = new LocalUpstream(this, ours, site.loop());
        attached(local, false);
        local.begin();
      }
      case Verdict.Ask _ -> {
        downstream.wantBody(false);
        site.router().ask().whenComplete((_, _) -> site.loop().execute(this::asked));
      }
    }
  }

  /** Takes its turn at the server. */
  private void enter(Verdict.Forward to) {
    Turn taken = turn;
    if (taken == null && !to.isToStubs()) {
      taken = site.shares().enter(to, () -> site.loop().execute(this::goOn));
      turn = taken;
    }
    if (taken instanceof Ticket ticket && ticket.state() == Ticket.State.WAITING) {
      state = State.WAITING;
      downstream.wantBody(false);
    } else {
      go(to, taken);
    }
  }

  private void go(Verdict.Forward to, @Nullable Turn taken) {
    if (taken instanceof Ticket ticket && ticket.state() == Ticket.State.REFUSED) {
      refuse(ticket.refusal());
    } else {
      open(to.isToStubs()); // it could be a fault that a connection breaks: one that is old must not be the reason
    }
  }

  /** It was decided about its turn. */
  private void goOn() {
    Verdict.Forward to = forward;
    if (state == State.WAITING && to != null) {
      go(to, turn);
      flush();
    }
  }

  private void watch(Verdict verdict) {
    Watched seen = watched;
    if (seen == null) {
      return;
    }
    seen.tag = verdict instanceof Verdict.Forward to ? to.carried().tag() : site.router().lastTag();
    switch (verdict) {
      case Verdict.Forward to -> {
        seen.reason = to.reason().code();
        seen.to = to.to().toString();
      }
      case Verdict.Ours _ -> seen.reason = "stubs";
      case Verdict.Refuse _,Verdict.Ask _ -> {
        // A refusal says why, whoever refuses.
      }
    }
  }

  /** Nobody here has an answer: it goes on beneath. {@code body}: all of the request's, which this releases. */
  void passOn(ByteBuf body, Incarnation mock) {
    if (state == State.DONE) {
      body.release();
      return;
    }
    upstream = null;
    bodySent = false;
    if (body.isReadable()) {
      early.add(body);
    } else {
      body.release();
    }
    state = State.DECIDING;
    decide(new Router.Attempt(true, mock, site.spread()));
    flush();
  }

  /** It is not taken: see {@code problem}. */
  void refused(Refusal problem) {
    if (state == State.DONE) {
      return;
    }
    cancelUpstream();
    refuse(problem);
    flush();
  }

  /** The answer goes wrong on its way. */
  void fail(LocalResponse.Fault fault) {
    if (state != State.DONE) {
      finish();
      downstream.fail(fault);
    }
  }

  private void asked() {
    if (state == State.DECIDING) {
      decide(true);
      flush();
    }
  }

  private void open(boolean fresh) {
    Verdict.Forward to = forward;
    if (to == null) {
      throw new IllegalStateException("not decided");
    }
    state = State.CONNECTING;
    site.upstreams().open(to.to(), this, fresh);
  }

  /** The head of the request, with what it goes on with. */
  public RequestHead head() {
    return head;
  }

  /** Who sent it. */
  Peer peer() {
    return site.peer();
  }

  /** Whether nobody waits for the response any more. */
  public boolean isOver() {
    return state == State.DONE;
  }

  /**
   * There is a connection, and the head was written to it.
   *
   * @param old whether it had served another request before: its server may be just closing it
   */
  public void attached(Upstream to, boolean old) {
    upstream = to;
    reused = old;
    state = State.OPEN;
    for (ByteBuf piece = early.poll(); piece != null; piece = early.poll()) {
      bodySent = true;
      to.body(piece);
    }
    if (requestEnded) {
      to.end(trailers);
    }
    downstream.wantBody(to.isWritable());
    to.flush();
  }

  /** The server cannot be reached. */
  public void unreachable(Refusal why) {
    if (state == State.CONNECTING) {
      refuse(why);
      flush();
    }
  }

  /** A piece of the request's body, which this releases. */
  public void requestBody(ByteBuf piece) {
    Upstream to = upstream;
    if (state == State.DONE) {
      piece.release();
    } else if (to == null) {
      early.add(piece);
      downstream.wantBody(false);
    } else {
      bodySent = true;
      to.body(piece);
      if (!to.isWritable()) {
        to.flush(); // or it would never be writable again
        if (!isOver()) { // the server may have turned out to be gone
          downstream.wantBody(to.isWritable());
        }
      }
    }
  }

  /** The request's body is whole. */
  public void requestEnd(@Nullable Fields fields) {
    requestEnded = true;
    trailers = fields;
    if (fields != null) {
      site.router().cleanTrailers(fields);
    }
    if (turn != null) {
      turn.sent();
    }
    if (upstream != null && state != State.DONE) {
      upstream.end(fields);
    }
  }

  /** The request turned out to be malformed after its head. */
  public void requestMalformed(int status, String detail) {
    if (state == State.DONE) {
      return;
    }
    cancelUpstream();
    if (state == State.ANSWERING) {
      abort();
    } else {
      refuse(Refusal.malformed(status, detail));
    }
  }

  /** Who asked is gone. */
  public void downstreamGone() {
    if (state != State.DONE) {
      finish();
      cancelUpstream();
    }
  }

  /** Who asked can take more, or cannot. */
  public void downstreamWritable(boolean writable) {
    if (upstream != null && state != State.DONE) {
      upstream.wantBody(writable);
    }
  }

  /** The server can take more, or cannot. */
  public void upstreamWritable(boolean writable) {
    if (state != State.DONE) {
      downstream.wantBody(writable);
    }
  }

  /** The head of a response, maybe an interim one. {@code last}: nothing follows. */
  public void response(ResponseHead response, boolean last) {
    if (state == State.DONE) {
      return;
    }
    if (response.isInterim()) {
      downstream.respond(response, false);
      return;
    }
    state = State.ANSWERING;
    if (turn != null) {
      turn.answered(isOpenEnded(response));
    }
    if (watched != null) {
      watched.status = response.status();
      watched.whole = last;
    }
    if (last) {
      finish();
    }
    downstream.respond(response, last);
    if (response.status() == 101) {
      tunnel = true;
      downstream.becomeTunnel();
    } else if (!downstream.isWritable() && !last && upstream != null) {
      upstream.wantBody(false);
    }
  }

  /** Whether what follows may last for as long as both sides like. */
  private boolean isOpenEnded(ResponseHead response) {
    return response.status() == 101 || head.isGrpc() || response.isEventStream();
  }

  /** Whether both sides go on with bytes that are not HTTP. */
  public boolean isTunnel() {
    return tunnel;
  }

  /** A piece of the response's body, which this releases. */
  public void responseBody(ByteBuf piece) {
    if (state != State.ANSWERING) {
      piece.release();
      return;
    }
    downstream.body(piece);
    if (!downstream.isWritable()) {
      downstream.flush(); // or it would never be writable again
      if (upstream != null) {
        upstream.wantBody(downstream.isWritable());
      }
    }
  }

  /** The response is whole. */
  public void responseEnd(@Nullable Fields fields) {
    if (state == State.ANSWERING) {
      if (watched != null) {
        watched.whole = true;
      }
      finish();
      downstream.end(fields);
    }
  }

  /**
   * The connection to the server is lost, or what it says is no HTTP.
   *
   * @param untouched whether no byte of a response came
   */
  public void upstreamLost(boolean untouched, String why) {
    if (state == State.DONE) {
      return;
    }
    boolean again = untouched && reused && !bodySent && requestEnded && head.isIdempotent();
    upstream = null;
    if (again && state == State.OPEN) {
      open(true);
    } else if (state == State.ANSWERING) {
      abort();
    } else if (forward != null && forward.isToStubs()) {
      fail(LocalResponse.Fault.RESET); // a fault of theirs, most times, which its caller is to meet
    } else {
      refuse(Refusal.unreachable(502, why));
    }
    flush();
  }

  /** The server did not answer in time. */
  public void upstreamLate(String why) {
    if (state == State.DONE) {
      return;
    }
    cancelUpstream();
    if (state == State.ANSWERING) {
      abort();
    } else {
      refuse(Refusal.unreachable(504, why));
    }
    flush();
  }

  private void abort() {
    finish();
    downstream.abort();
  }

  private void refuse(Refusal problem) {
    if (watched != null) {
      watched.status = problem.status();
      watched.whole = true;
      watched.reason = problem.code();
    }
    finish();
    Answer.of(problem).send(downstream, head);
  }

  private void finish() {
    boolean over = state == State.DONE;
    state = State.DONE;
    early.forEach(ReferenceCountUtil::release);
    early.clear();
    if (turn != null) {
      turn.end();
    }
    Observer observer = site.observer();
    if (!over && watched != null && observer != null) {
      observer
          .ended(new Ended(site.peer(), head, watched.tag, watched.status, watched.whole, watched.reason, watched.to,
              watched.beganMillis, System.nanoTime() - watched.beganNanos));
    }
  }

  private void cancelUpstream() {
    Upstream to = upstream;
    upstream = null;
    if (to != null) {
      to.cancel();
    }
  }

  /** Sends what was written to either side. */
  public void flush() {
    downstream.flush();
    flushRequest();
  }

  /** Sends what was written to the server. */
  public void flushRequest() {
    if (upstream != null && state != State.DONE) {
      upstream.flush();
    }
  }
}

package dev.lanekeeper.gateway.proxy;

import dev.lanekeeper.gateway.http.FieldName;
import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.RequestHead;
import dev.lanekeeper.gateway.http.ResponseHead;
import dev.lanekeeper.gateway.routing.LocalRequest;
import dev.lanekeeper.gateway.routing.LocalResponse;
import dev.lanekeeper.gateway.routing.Refusal;
import dev.lanekeeper.gateway.routing.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers in the gateway itself: waits for the whole request, asks its responder on a thread of its own, and writes the answer. A request
 * that the responder leaves to others goes on, whole.
 *
 * <p><b>Threads.</b> The event loop of the exchange; the responder has a virtual one.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a task of a loop that is closed concerns nobody any more
final class LocalUpstream implements Upstream {

  private static final Logger LOG = System.getLogger(LocalUpstream.class.getName());
  /** It is looked at as a whole, and remembered by those who verify. */
  private static final int MOST_BODY = 1024 * 1024;
  private static final int USUAL_SIZE = 512;
  private static final Set<String> OF_ONE_HOP = Set.of("connection", "content-length", "keep-alive",
      "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade");

  private final Exchange exchange;
  private final Verdict.Ours ours;
  private final EventLoop loop;
  private final ByteBuf body = Unpooled.buffer(USUAL_SIZE);
  private boolean begun;
  private boolean over;
  private @Nullable Thread responding;

  LocalUpstream(Exchange exchange, Verdict.Ours ours, EventLoop loop) {
    this.exchange = exchange;
    this.ours = ours;
    this.loop = loop;
  }

  /** Answers at once what has no body; also what asks for another protocol, whose end does not come before an answer. */
  void begin() {
    if (!exchange.head().hasBody()) {
      answer();
    } else if (exchange.head().fields().find(FieldName.EXPECT) >= 0) {
      ResponseHead goOn = new ResponseHead(new Fields(USUAL_SIZE));
      goOn.set(100, 0);
      exchange.response(goOn, false);
      exchange.flush();
    }
  }

  @Override
  public void body(ByteBuf piece) {
    try {
      if (!over && body.readableBytes() + piece.readableBytes() <= MOST_BODY) {
        body.writeBytes(piece);
      } else if (!over) {
        exchange.refused(new Refusal(413, "body-too-large", "Body too large",
            "it is longer than stubs look at (expected: at most " + MOST_BODY + " bytes)"));
      }
    } finally {
      piece.release();
    }
  }

  @Override
  public void end(@Nullable Fields trailers) {
    answer();
  }

  private void answer() {
    if (begun || over) {
      return;
    }
    begun = true;
    LocalRequest request = request();
    responding = Thread.ofVirtual().name("lanekeeper-responder").start(() -> {
      try {
        LocalResponse response = ours.responder().respond(request);
        loop.execute(() -> answered(response));
      } catch (InterruptedException nobodyWaits) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException | Error failure) {
        LOG.log(Level.WARNING, request.method() + " " + request.url() + ": not answered", failure);
        loop.execute(() -> failed(failure));
      }
    });
  }

  private LocalRequest request() {
    RequestHead head = exchange.head();
    Fields fields = head.fields();
    List<Map.Entry<String, String>> all = new ArrayList<>();
    all.add(Map.entry("host", head.authority().text()));
    for (int i = 0; i < fields.count(); i++) {
      if (!fields.isDropped(i)) {
        all.add(Map.entry(fields.nameText(i), fields.valueText(i)));
      }
    }
    byte[] bytes = new byte[body.readableBytes()];
    body.getBytes(body.readerIndex(), bytes);
    String target = head.target();
    return new LocalRequest(head.method(), head.scheme() + "://" + head.authority().text()
        + (target.startsWith("/") ? target : "/"), exchange.peer().address().getHostAddress(), all, bytes);
  }

  private void answered(@Nullable LocalResponse response) {
    if (over) {
      return;
    }
    if (response != null) {
      write(response);
    } else if (ours.mock() != null) {
      over = true;
      exchange.passOn(body, ours.mock());
    } else {
      exchange.refused(new Refusal(404, "not-found", "Not found", "nothing is there"));
    }
  }

  private void failed(Throwable failure) {
    if (!over) {
      exchange.refused(new Refusal(502, "stubs-failed", "Stubs failed", String.valueOf(failure.getMessage())));
    }
  }

  private void write(LocalResponse response) {
    if (response.fault() != null) {
      over();
      exchange.fail(response.fault());
      return;
    }
    ResponseHead head = new ResponseHead(new Fields(USUAL_SIZE));
    String wrong = head(response, head);
    if (wrong != null) {
      exchange.refused(new Refusal(502, "stubs-failed", "Stubs failed", wrong));
      return;
    }
    boolean bodiless = exchange.head().method().equals("HEAD") || response.status() == 204 || response.status() == 304;
    int length = response.body().length;
    head.set(response.status(), bodiless ? 0 : length);
    if (response.status() != 204) {
      head.fields().add("content-length", Integer.toString(length));
    }
    boolean whole = bodiless || length == 0;
    if (whole) {
      over();
    }
    exchange.response(head, whole);
    if (!whole) {
      pieces(response, 0);
    }
    exchange.flush();
  }

  /** What is wrong with it: a template may put anything there that a request bears. Null: nothing. */
  private static @Nullable String head(LocalResponse response, ResponseHead head) {
    if (response.status() < 200 || response.status() > 599) {
      return "status " + response.status() + " of a stub (expected: 200 to 599)";
    }
    for (Map.Entry<String, String> field : response.fields()) {
      String name = field.getKey().toLowerCase(Locale.ROOT);
      if (!name.matches("[a-z0-9!#$%&'*+.^_`|~-]+") || !isValue(field.getValue())) {
        return "a header of a stub is malformed (expected: a token, and a value without control characters)";
      }
      if (!OF_ONE_HOP.contains(name)) {
        head.fields().add(field.getKey(), field.getValue());
      }
    }
    return null;
  }

  private static boolean isValue(String value) {
    return value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f && c <= 0xff));
  }

  /** Sends the rest of a body, from a piece on, each in its time. */
  private void pieces(LocalResponse response, int from) {
    int count = Math.max(1, Math.min(response.pieces(), response.body().length));
    long length = response.body().length;
    int begin = (int) (length * from / count);
    int end = (int) (length * (from + 1) / count);
    exchange.responseBody(Unpooled.wrappedBuffer(response.body(), begin, end - begin));
    if (from + 1 == count) {
      over();
      exchange.responseEnd(null);
      exchange.flush();
      return;
    }
    exchange.flush();
    loop.schedule(() -> {
      if (!over) {
        pieces(response, from + 1);
      }
    }, response.durationMillis() / count, TimeUnit.MILLISECONDS);
  }

  private void over() {
    if (!over) {
      over = true;
      body.release();
    }
  }

  @Override
  public void cancel() {
    over();
    Thread thread = responding;
    if (thread != null) {
      thread.interrupt();
    }
  }

  @Override
  public void flush() {
    // Nothing waits here.
  }

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public void wantBody(boolean wanted) {
    // All of it is at hand.
  }
}

package dev.lanekeeper.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.Self;
import dev.lanekeeper.model.Tenancy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a process known to the control plane: announces it, learns its incarnation, reports, and withdraws.
 *
 * <pre>
 *   unbound --- announced, or found in the last table while the control plane is away ---&gt; bound (for its life)
 *      |  ^                                                                                  |
 *      +--+ refused: tried again each round                     answered with another one: withdrawn for good
 * </pre>
 *
 * <p><b>Threads.</b> One of its own for the rounds; announcing and withdrawing block the caller. {@link #self} is one
 * volatile read.
 */
final class Presence {

  private static final JsonFactory FACTORY = new JsonFactory();
  private static final String REFUSED = "announcement-refused";

  private final ControlPlane controlPlane;
  private final String instance;
  private final String workload;
  private final Duration interval;
  private final Function<Self, DataPlaneReport> report;
  private final Supplier<@Nullable Incarnation> lastKnown;
  private final Tally tally;
  private final Semaphore soon = new Semaphore(0);
  private final CountDownLatch firstRound = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "lanekeeper-presence");
  private final AtomicReference<Self> self;
  private volatile boolean stopped;
  private @Nullable URI address;
  private boolean announced;
  private boolean foreign;

  /**
   * A presence that was not begun.
   *
   * @param lastKnown the incarnation of this process by the last table; null if it has none
   */
  Presence(ControlPlane controlPlane, Self self, String instance, String workload, Duration interval,
      Function<Self, DataPlaneReport> report, Supplier<@Nullable Incarnation> lastKnown, Tally tally) {
    this.controlPlane = controlPlane;
    this.self = new AtomicReference<>(self);
    this.instance = instance;
    this.workload = workload;
    this.interval = interval;
    this.report = report;
    this.lastKnown = lastKnown;
    this.tally = tally;
    thread.setDaemon(true);
  }

  Self self() {
    return self.get();
  }

  /** Begins; a process with a tenancy waits for its incarnation, but not longer than that. */
  void start(Duration patience) {
    thread.start();
    if (self().isBaseline()) {
      return;
    }
    try {
      if (!firstRound.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        bindFromTable("no answer within " + patience.toMillis() + " ms");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Makes the next round come at once. */
  void reportSoon() {
    soon.release();
  }

  /**
   * Announces where this process serves, now and in each round.
   *
   * @return whether the control plane knows it now; false if it is out of reach
   */
  synchronized boolean announce(URI newAddress) throws AnnounceRefusedException {
    if (self().isBaseline()) {
      throw new AnnounceRefusedException("", "this process serves everybody (expected: a process with a tenancy)");
    }
    try {
      post(newAddress);
      address = newAddress;
      return true;
    } catch (IOException e) {
      address = newAddress;
      unreachable(e);
      return false;
    }
  }

  /** Takes the announcement back. */
  synchronized void withdraw() {
    address = null;
    if (!announced) {
      return;
    }
    try {
      announced = false;
      controlPlane.call("DELETE", "/v1/announcements/" + encoded(instance), null);
    } catch (IOException e) {
      unreachable(e); // It is forgotten there when it no longer reports.
    }
  }

  void close(Duration patience) {
    stopped = true;
    soon.release();
    controlPlane.abort();
    try {
      thread.join(patience.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    withdraw();
  }

  private void run() {
    while (!stopped) {
      round();
      firstRound.countDown();
      try {
        soon.tryAcquire(interval.toMillis(), TimeUnit.MILLISECONDS);
        soon.drainPermits();
      } catch (InterruptedException e) {
        tally.count("client-interrupted");
      }
    }
  }

  private void round() {
    try {
      renew();
      sendReport();
      tally.over("control-plane-unreachable", "the control plane answers again");
    } catch (IOException e) {
      unreachable(e);
      bindFromTable(e.toString());
    } catch (RuntimeException e) {
      tally.trouble("report-failed", ClientLog.Level.WARNING, "this process cannot report; going on", e);
    }
  }

  private synchronized void renew() throws IOException {
    boolean bound = self().isBaseline() || (self().incarnation() != null && announced);
    if (stopped || foreign || (bound && address == null)) {
      return;
    }
    try {
      post(address);
      tally.over(REFUSED, "the announcement was accepted");
    } catch (AnnounceRefusedException e) {
      tally.trouble(REFUSED, ClientLog.Level.ERROR, "the announcement was refused, trying again: " + e.getMessage(),
          null);
    }
  }

  private void sendReport() throws IOException {
    ControlPlane.Reply reply =
        controlPlane.call("PUT", "/v1/data-planes/" + encoded(instance), report.apply(self()).json());
    if (!reply.isGood()) {
      tally.trouble("report-refused", ClientLog.Level.WARNING, "the report was refused: " + Problem.of(reply).text(),
          null);
    } else {
      tally.over("report-refused", "the report was accepted");
    }
  }

  private void post(@Nullable URI where) throws IOException, AnnounceRefusedException {
    if (foreign) {
      throw new AnnounceRefusedException("", "this process belongs to incarnation " + self().incarnation()
          + ", which is over (expected: a new process)");
    }
    ControlPlane.Reply reply = controlPlane.call("POST", "/v1/announcements", announcement(where));
    if (!reply.isGood()) {
      Problem problem = Problem.of(reply);
      throw new AnnounceRefusedException(problem.code(), problem.text());
    }
    announced = true;
    bind(incarnation(reply.body()));
  }

  /** INVARIANT: once given, an incarnation stays: consumer groups are named after it. */
  private synchronized void bind(Incarnation given) {
    bindOnce(given);
    Incarnation own = self().incarnation();
    if (!given.equals(own)) {
      foreign = true;
      tally.trouble("incarnation-over", ClientLog.Level.ERROR, "this process belongs to incarnation " + own
          + ", its override is now " + given + ": withdrawn; start a new process", null);
      withdraw();
    }
  }

  private boolean bindOnce(Incarnation given) {
    Self unbound = self();
    return unbound.incarnation() == null
        && self.compareAndSet(unbound, new Self(unbound.service(), unbound.tenancy(), given));
  }

  /** Takes no lock: an announcement may be under way, and take its time. */
  private void bindFromTable(String reason) {
    Incarnation found = self().isBaseline() || self().incarnation() != null ? null : lastKnown.get();
    if (found != null && bindOnce(found)) {
      tally.info("incarnation " + found + " taken from the last table: " + reason);
    }
  }

  private void unreachable(IOException e) {
    tally.trouble("control-plane-unreachable", ClientLog.Level.WARNING,
        "the control plane does not answer: " + controlPlane.root(), e);
  }

  private static Incarnation incarnation(String reply) throws IOException {
    String id = null;
    try (JsonInput in = new JsonInput(FACTORY.createParser(reply))) {
      in.enter();
      for (String field = in.field(); field != null; field = in.field()) {
        if (field.equals("incarnation")) {
          id = in.text();
        } else {
          in.skip();
        }
      }
      return new Incarnation(in.required("incarnation", id));
    } catch (RouteFormatException | IllegalArgumentException e) {
      throw new IOException("the answer to the announcement: " + e.getMessage(), e);
    }
  }

  private byte[] announcement(@Nullable URI where) throws IOException {
    Tenancy tenancy = self().tenancy();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("service", self().service().text());
      out.writeStringField("tenancy", tenancy == null ? null : tenancy.text());
      out.writeStringField("workload", workload);
      out.writeStringField("instance", instance);
      out.writeStringField("address", where == null ? null : where.toString());
      out.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}

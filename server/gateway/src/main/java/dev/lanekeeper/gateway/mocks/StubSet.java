package dev.lanekeeper.gateway.mocks;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.common.Json;
import com.github.tomakehurst.wiremock.common.LocalNotifier;
import com.github.tomakehurst.wiremock.common.NetworkAddressRules;
import com.github.tomakehurst.wiremock.common.Notifier;
import com.github.tomakehurst.wiremock.core.Options;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.direct.DirectCallHttpServer;
import com.github.tomakehurst.wiremock.http.AbstractRequestHandler;
import com.github.tomakehurst.wiremock.http.AdminRequestHandler;
import com.github.tomakehurst.wiremock.http.ChunkedDribbleDelay;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.http.HttpServer;
import com.github.tomakehurst.wiremock.http.HttpServerFactory;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.Response;
import com.github.tomakehurst.wiremock.http.StubRequestHandler;
import com.github.tomakehurst.wiremock.standalone.MappingsSource;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import com.github.tomakehurst.wiremock.stubbing.StubMappings;
import dev.lanekeeper.gateway.routing.LocalRequest;
import dev.lanekeeper.gateway.routing.LocalResponse;
import dev.lanekeeper.gateway.routing.Responder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The stubs of one life of a mock, with their scenarios and the journal of what they were asked.
 *
 * <p><b>Threads.</b> Any; {@link #respond} sleeps for the delay of a stub.
 */
final class StubSet implements Responder {

  /** Each with a body of at most a megabyte. */
  private static final int MOST_REMEMBERED = 250;
  private static final int MOST_LOGGED = 64 * 1024;
  private static final long MATCHING_MILLIS = 10_000;
  private static final long LONGEST_DELAY_MILLIS = 3_600_000;
  private static final int MATCHERS_EACH = 2;
  private static final int MATCHERS_ALL = 64;
  /** Those that are idle end. */
  private static final ThreadPoolExecutor MATCHERS = new ThreadPoolExecutor(0, MATCHERS_ALL, 10, TimeUnit.SECONDS,
      new SynchronousQueue<>(), Thread.ofPlatform().daemon().name("lanekeeper-stubs-", 0).factory());

  private final StubRequestHandler stubHandler;
  private final AdminRequestHandler adminHandler;
  private final Semaphore matching = new Semaphore(MATCHERS_EACH, true);

  /**
   * These stubs.
   *
   * @param json a list of stub mappings
   * @throws RuntimeException what WireMock says where it cannot read them
   */
  StubSet(String json) {
    List<StubMapping> stubs = new ArrayList<>();
    for (JsonNode each : Json.node(json)) {
      String reaching = StubReach.of(each);
      if (reaching != null) {
        throw new IllegalArgumentException(reaching);
      }
      stubs.add(StubMapping.buildFrom(each.toString())); // as it stands there: a null is a null
    }
    Engine engine = new Engine();
    WireMockConfiguration configuration = WireMockConfiguration.options().httpServerFactory(engine).notifier(SILENT)
        .limitProxyTargets(NOBODY).fileSource(new NoFiles())
        .mappingSource(new Written(stubs)).extensions(new PassThrough()).maxRequestJournalEntries(MOST_REMEMBERED)
        .maxLoggedResponseSize(MOST_LOGGED).gzipDisabled(true);
    new WireMockServer(configuration).start(); // opens nothing
    stubHandler = engine.stubs();
    adminHandler = engine.admin();
  }

  /** Nothing but what answers: what WireMock's own direct server adds is to sleep, on a thread that others need. */
  private static final class Engine implements HttpServerFactory {
    private @Nullable StubRequestHandler stubs;
    private @Nullable AdminRequestHandler admin;

    @Override
    public HttpServer buildHttpServer(Options options, AdminRequestHandler adminHandler,
        StubRequestHandler stubHandler) {
      stubs = stubHandler;
      admin = adminHandler;
      return new DirectCallHttpServer(options, adminHandler, stubHandler);
    }

    StubRequestHandler stubs() {
      return Objects.requireNonNull(stubs, "WireMock builds its server at once");
    }

    AdminRequestHandler admin() {
      return Objects.requireNonNull(admin, "WireMock builds its server at once");
    }
  }

  @Override
  public @Nullable LocalResponse respond(LocalRequest request) throws InterruptedException {
    Response response = matched(stubHandler, new StubRequest(request, request.url()));
    Thread.sleep(Math.clamp(response.getInitialDelay(), 0, LONGEST_DELAY_MILLIS));
    return response.wasConfigured() && !PassThrough.is(response) ? local(response) : null;
  }

  /**
   * Administers the stubs.
   *
   * @param path of WireMock's own interface, with the query: {@code /__admin/mappings}
   */
  LocalResponse admin(LocalRequest request, String path) throws InterruptedException {
    return local(matched(adminHandler, new StubRequest(request, "http://lanekeeper" + path)));
  }

  /**
   * Has WireMock look at a request, on a thread of the few that a set may have: a pattern or a template can take any time, and nothing stops
   * it. The threads are the system's, so that one that is busy takes its turn, and no more.
   */
  private Response matched(AbstractRequestHandler handler, Request request) throws InterruptedException {
    if (!matching.tryAcquire(MATCHING_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("stubs of this tenant have been busy for " + MATCHING_MILLIS
          + " ms (expected: patterns and templates that end)");
    }
    CompletableFuture<Response> done = new CompletableFuture<>();
    try {
      MATCHERS.execute(() -> {
        LocalNotifier.set(SILENT);
        try {
          handler.handle(request, (asked, response, attributes) -> done.complete(response), null);
        } catch (RuntimeException | Error failure) {
          done.completeExceptionally(failure);
        } finally {
          matching.release();
        }
      });
    } catch (RejectedExecutionException busy) {
      matching.release();
      throw new IllegalStateException("too many stubs are being asked at once", busy);
    }
    try {
      return done.get(MATCHING_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw new IllegalStateException(String.valueOf(failure.getCause()), failure);
    } catch (TimeoutException late) {
      throw new IllegalStateException("a stub was not done after " + MATCHING_MILLIS + " ms", late);
    }
  }

  private static LocalResponse local(Response response) {
    List<Map.Entry<String, String>> fields = new ArrayList<>();
    for (HttpHeader header : response.getHeaders() == null ? List.<HttpHeader>of() : response.getHeaders().all()) {
      header.values().forEach(value -> fields.add(Map.entry(header.key(), value)));
    }
    byte[] body = response.getBody();
    ChunkedDribbleDelay dribble = response.getChunkedDribbleDelay();
    return new LocalResponse(response.getStatus(), fields, body == null ? new byte[0] : body,
        fault(response.getFault()),
        dribble == null ? 1 : dribble.getNumberOfChunks(), dribble == null ? 0 : dribble.getTotalDuration());
  }

  private static LocalResponse.@Nullable Fault fault(@Nullable Fault fault) {
    return switch (fault) {
      case null -> null;
      case CONNECTION_RESET_BY_PEER -> LocalResponse.Fault.RESET;
      case EMPTY_RESPONSE -> LocalResponse.Fault.EMPTY;
      case RANDOM_DATA_THEN_CLOSE -> LocalResponse.Fault.GARBAGE;
      case MALFORMED_RESPONSE_CHUNK -> LocalResponse.Fault.MALFORMED_BODY;
    };
  }

  /** INVARIANT: a stub calls nobody, whatever it says. */
  private static final NetworkAddressRules NOBODY = new NetworkAddressRules() {
    @Override
    public boolean isAllowed(String testValue) {
      return false;
    }

    @Override
    public boolean isAllowedAll() {
      return false;
    }
  };

  /** What stubs meet is in their journal. */
  private static final Notifier SILENT = new Notifier() {
    @Override
    public void info(String message) {
      // See above.
    }

    @Override
    public void error(String message) {
      // See above.
    }

    @Override
    public void error(String message, Throwable failure) {
      // See above.
    }
  };

  /** The stubs of the tenant's document: with these it begins, and to these a reset of the mappings leads back. */
  private record Written(List<StubMapping> stubs) implements MappingsSource {

    @Override
    public void loadMappingsInto(StubMappings mappings) {
      stubs.forEach(mappings::addMapping);
    }

    @Override
    public void save(List<StubMapping> changed) {
      // What is added by hand lives as long as this set.
    }

    @Override
    public void save(StubMapping changed) {
      // See above.
    }

    @Override
    @SuppressWarnings("removal") // WireMock still asks for it
    public void remove(StubMapping removed) {
      // See above.
    }

    @Override
    public void removeAll() {
      // See above.
    }
  }
}

package dev.lanekeeper.gateway.mocks;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.common.Json;
import com.github.tomakehurst.wiremock.common.LocalNotifier;
import com.github.tomakehurst.wiremock.common.NetworkAddressRules;
import com.github.tomakehurst.wiremock.common.Notifier;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.direct.DirectCallHttpServer;
import com.github.tomakehurst.wiremock.direct.DirectCallHttpServerFactory;
import com.github.tomakehurst.wiremock.http.ChunkedDribbleDelay;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.http.Response;
import com.github.tomakehurst.wiremock.standalone.MappingsSource;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import com.github.tomakehurst.wiremock.stubbing.StubMappings;
import dev.lanekeeper.gateway.routing.LocalRequest;
import dev.lanekeeper.gateway.routing.LocalResponse;
import dev.lanekeeper.gateway.routing.Responder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stubs of one life of a mock, with their scenarios and the journal of what they were asked.
 *
 * <p><b>Threads.</b> Any; {@link #respond} sleeps for the delay of a stub.
 */
final class StubSet implements Responder {

  /** Each with a body of at most a megabyte. */
  private static final int MOST_REMEMBERED = 1_000;
  private static final int MOST_LOGGED = 64 * 1024;
  private static final long MATCHING_MILLIS = 10_000;

  private final DirectCallHttpServer server;

  /**
   * These stubs.
   *
   * @param json a list of stub mappings
   * @throws RuntimeException what WireMock says where it cannot read them
   */
  StubSet(String json) {
    List<StubMapping> stubs = new ArrayList<>();
    for (Object each : Json.read(json, List.class)) {
      stubs.add(StubMapping.buildFrom(Json.write(each)));
    }
    DirectCallHttpServerFactory direct = new DirectCallHttpServerFactory();
    WireMockConfiguration configuration = WireMockConfiguration.options().httpServerFactory(direct)
        .jettyStopTimeout(MATCHING_MILLIS).notifier(SILENT).limitProxyTargets(NOBODY).fileSource(new NoFiles())
        .mappingSource(new Written(stubs)).extensions(new PassThrough()).maxRequestJournalEntries(MOST_REMEMBERED)
        .maxLoggedResponseSize(MOST_LOGGED).gzipDisabled(true);
    WireMockServer engine = new WireMockServer(configuration);
    engine.start(); // opens nothing
    server = direct.getHttpServer();
  }

  @Override
  public @Nullable LocalResponse respond(LocalRequest request) throws InterruptedException {
    LocalNotifier.set(SILENT);
    Response response = server.stubRequest(new StubRequest(request, request.url()));
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return response.wasConfigured() && !PassThrough.is(response) ? local(response) : null;
  }

  /**
   * Administers the stubs.
   *
   * @param path of WireMock's own interface, with the query: {@code /__admin/mappings}
   */
  LocalResponse admin(LocalRequest request, String path) {
    LocalNotifier.set(SILENT);
    return local(server.adminRequest(new StubRequest(request, "http://lanekeeper" + path)));
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

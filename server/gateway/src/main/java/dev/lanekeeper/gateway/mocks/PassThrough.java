package dev.lanekeeper.gateway.mocks;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.Response;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.util.UUID;

/**
 * The transformer by which a stub says that the real owner is to answer: after the stub's delay, where it has one. WireMock's own word
 * for it is a proxy, which would call by itself.
 */
final class PassThrough implements ResponseDefinitionTransformerV2 {

  static final String NAME = "passthrough";
  /** Nobody can write it into a stub by chance. */
  private static final String MARK = "lanekeeper-passthrough-" + UUID.randomUUID();

  @Override
  public String getName() {
    return NAME;
  }

  @Override
  public boolean applyGlobally() {
    return false;
  }

  @Override
  public ResponseDefinition transform(ServeEvent event) {
    return ResponseDefinitionBuilder.like(event.getResponseDefinition()).withHeader(MARK, "").build();
  }

  /** Whether an answer is none: the real owner is to give it. */
  static boolean is(Response response) {
    return response.getHeaders() != null && response.getHeaders().getHeader(MARK).isPresent();
  }
}

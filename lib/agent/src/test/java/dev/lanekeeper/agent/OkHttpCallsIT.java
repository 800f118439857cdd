package dev.lanekeeper.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The scenario with {@code OkHttp}. */
class OkHttpCallsIT extends CallScenario {

  OkHttpCallsIT() throws Exception {
    super("okhttp");
  }

  @ParameterizedTest
  @MethodSource("processes")
  void call_inAClassLoaderThatAsksNoParent_isRouted(AgentProcess app) throws Exception {
    assertThat(app.callStrictly(shop("/x"), UNTAGGED)).startsWith("BASE");
    assertThat(app.callStrictly(shop("/x"), TAGGED)).startsWith("TEST");
  }
}

package dev.lanekeeper.agent;

/** The scenario with {@code OkHttp}. */
class OkHttpCallsIT extends CallScenario {

  OkHttpCallsIT() throws Exception {
    super("okhttp");
  }
}

package dev.lanekeeper.agent;

/** The scenario with {@code java.net.http}. */
class JavaHttpCallsIT extends CallScenario {

  JavaHttpCallsIT() throws Exception {
    super("jdk");
  }
}

package dev.lanekeeper.gateway.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A share before a server, in simulated time. */
class OverloadSimulationTest {

  private static final int FOR_EVER = Integer.MAX_VALUE;
  private static final long MEASURED = 10_000;

  private static void clients(SimulatedServer server, int count, long thinkMillis, int rounds) {
    IntStream.range(0, count).forEach(i -> server.in(i * 10_000L,
        () -> server.client("load/testing/" + i, ShareClass.TESTING, thinkMillis, rounds)));
  }

  /** Production's p99 beside ten times what the server can take, to that alone. */
  private static double ratio(SimulatedServer server, double perSecond, int clients) {
    server.production(perSecond);
    server.run(5_000);
    server.forget();
    server.run(MEASURED);
    double alone = server.quantile(0.99);
    clients(server, clients, 60, FOR_EVER);
    server.run(MEASURED);
    server.forget();
    server.run(2 * MEASURED);
    return server.quantile(0.99) / alone;
  }

  @ParameterizedTest
  @CsvSource({"16, 20, 266", "16, 20, 80", "16, 2, 2660", "4, 2, 660", "1, 2, 165"})
  void tenTimesTooMuch_productionKeepsItsLatency_andTheOthersTheRest(int places, long workMillis, double perSecond) {
    SimulatedServer server = new SimulatedServer(places, workMillis, 42);

    double ratio = ratio(server, perSecond, 800);

    assertThat(ratio).isLessThan(1.5);
    assertThat(server.served).as("of %s refused", server.refused).isPositive();
    assertThat(server.refused).isPositive();
    assertThat(server.longestWait).isLessThan(3_100);
    assertThat(server.utilization(2 * MEASURED)).isGreaterThan(places == 1 ? 0.4 : 0.6);
    assertThat(server.counts.snapshot()).containsKeys("wait.share.testing", "refuse.share-exceeded.testing");
  }

  @Test
  void disturbedForAWhile_remembersHowFastItWas() {
    SimulatedServer server = new SimulatedServer(16, 20, 42);
    server.production(266);
    server.run(5_000);
    server.serviceNanos = 300 * SimulatedServer.MILLI;
    server.run(2_000);
    server.serviceNanos = 20 * SimulatedServer.MILLI;
    server.run(100);
    clients(server, 800, 60, FOR_EVER);
    server.run(3_000);
    server.forget();

    server.run(MEASURED);

    assertThat(server.quantile(0.99)).isLessThan(31);
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 60, 100})
  void disturbedWhileItIsFoundOut_isFoundOutAllTheSame(int workMillis) {
    for (int lasts = 200; lasts <= 2_000; lasts += 600) {
      SimulatedServer server = new SimulatedServer(16, 20, 42);
      server.production(266);
      server.run(5_000);
      server.serviceNanos = workMillis * SimulatedServer.MILLI;
      clients(server, 800, 60, FOR_EVER);
      server.run(lasts);
      server.serviceNanos = 20 * SimulatedServer.MILLI;
      server.run(8_000);
      server.forget();

      server.run(MEASURED);

      assertThat(server.quantile(0.95)).as("disturbed for %s ms", lasts).isLessThan(30);
    }
  }

  @Test
  void overload_isOver_aBurstGoesThrough() {
    SimulatedServer server = new SimulatedServer(16, 20, 42);
    server.production(266);
    server.run(5_000);
    clients(server, 800, 60, 50);
    server.run(60_000);
    server.forget();

    clients(server, 200, 0, 1);
    server.run(10_000);

    assertThat(server.refused).isZero();
    assertThat(server.served).isEqualTo(200);
  }

  @Test
  void noProduction_nobodyWaits() {
    SimulatedServer server = new SimulatedServer(4, 20, 42);
    clients(server, 800, 60, 5);

    server.run(60_000);

    assertThat(server.served).isEqualTo(4_000);
    assertThat(server.counts.snapshot()).isEmpty();
  }

  /** What is usual where things are tested: many at once, each takes long, now and then somebody who is not tagged. */
  @ParameterizedTest
  @CsvSource({"0.5", "2", "20"})
  void slowServer_thatCanTakeIt_refusesNobody(double perSecond) {
    SimulatedServer server = new SimulatedServer(400, 1_000, 42);
    server.production(perSecond);
    server.run(5_000);
    clients(server, 200, 100, 20);

    server.run(120_000);

    assertThat(server.refused).isZero();
    assertThat(server.served).isEqualTo(4_000);
  }

  @Test
  void fastServer_thatCanTakeIt_refusesNobody_andSoonNobodyWaits() {
    SimulatedServer server = new SimulatedServer(1_000, 20, 42);
    server.production(266);
    server.run(5_000);
    clients(server, 400, 5, FOR_EVER);
    server.run(5_000);
    assertThat(server.refused).isZero();
    server.forget();

    server.run(MEASURED);

    assertThat(server.refused).isZero();
    assertThat(server.longestWait).isZero();
  }

  /** Nobody knows what production takes alone, the tests take longer than a probe, and they are there first. */
  @ParameterizedTest
  @CsvSource({"0.5", "5", "20"})
  void verySlowServer_thatCanTakeIt_refusesNobody(double perSecond) {
    SimulatedServer server = new SimulatedServer(400, 5_000, 42);
    clients(server, 200, 100, 20);
    server.production(perSecond);

    server.run(600_000);

    assertThat(server.refused).isZero();
    assertThat(server.served).isEqualTo(4_000);
  }

  /** The tests are there first, and production comes again only when it was answered. */
  @Test
  void overloadBeforeProduction_isFoundOutAllTheSame() {
    SimulatedServer server = new SimulatedServer(2, 20, 42);
    clients(server, 400, 10, FOR_EVER);
    server.productionClient();
    server.productionClient();

    server.run(30_000);
    server.forget();
    server.run(MEASURED);

    assertThat(server.quantile(0.5)).isLessThan(25);
    assertThat(server.refused).isPositive();
  }

  /** A version that is slower: nobody but itself is to blame. */
  @Test
  void serverThatGetsSlower_refusesNobody() {
    SimulatedServer server = new SimulatedServer(400, 20, 42);
    server.production(200);
    clients(server, 40, 60, FOR_EVER);
    server.run(10_000);
    server.serviceNanos = 100 * SimulatedServer.MILLI;

    server.run(30_000);

    assertThat(server.refused).isZero();
    assertThat(server.longestWait).isLessThan(3_000);
  }
}

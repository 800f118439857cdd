package dev.lanekeeper.perf;

import dev.lanekeeper.simulation.Simulation;
import dev.lanekeeper.storm.Storm;
import dev.lanekeeper.storm.Transfer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The benchmarks by name: what {@code perf/run} starts. */
public final class Perf {

  private Perf() {}

  /** A benchmark. */
  private interface Benchmark {
    void run(String[] arguments) throws Exception;
  }

  private static Map<String, Benchmark> benchmarks() {
    Map<String, Benchmark> benchmarks = new TreeMap<>();
    benchmarks.put("gateway", GatewayHop::main);
    benchmarks.put("http-routing", HttpRouting::main);
    benchmarks.put("kafka-filter", KafkaFilter::main);
    benchmarks.put("overload", Overload::main);
    benchmarks.put("owner", Owner::main);
    benchmarks.put("simulation", Simulation::main);
    benchmarks.put("storm", Storm::main);
    benchmarks.put("transfer", Transfer::main);
    return benchmarks;
  }

  /** Runs the benchmark that the first argument names. */
  @SuppressWarnings("SystemOut") // It is the output.
  public static void main(String[] args) throws Exception {
    Benchmark benchmark = args.length == 0 ? null : benchmarks().get(args[0]);
    if (benchmark == null) {
      System.err.println("perf: " + (args.length == 0 ? "no name" : args[0]) + " (expected: one of "
          + String.join(", ", benchmarks().keySet()) + ")");
      System.exit(2);
      return;
    }
    benchmark.run(Arrays.copyOfRange(args, 1, args.length));
  }
}

package dev.lanekeeper.perf;

import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.WireNames;
import dev.lanekeeper.model.WireTag;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Whose a message is, from the bytes of its {@code baggage} header, with 10,000 tenants in the table: time and bytes
 * allocated for each question.
 *
 * <p>{@code tagged} walks over 1,024 headers of tenants drawn at random, so that neither the branch predictor nor
 * the first-level cache answers for the table. {@code untagged} reads a header of other people's members.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Owner {

  private static final int HEADERS = 1024;
  private static final int ROUNDS = 7;

  private final ServiceName service = ServiceName.of("C");
  private final WireTag tag = new WireTag(WireNames.STANDARD);
  private final byte[] foreign = "userId=alice,region=eu-1;ttl=30".getBytes(StandardCharsets.ISO_8859_1);
  private final byte[][] headers = new byte[HEADERS][];
  private RouteTable table = RouteTable.EMPTY;
  private int next;

  /** Made by JMH. */
  public Owner() {}

  /** Builds the table, and the headers of tenants drawn at random. */
  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(42);
    table = Tables.table(Tables.TENANTS, service, random);
    for (int i = 0; i < HEADERS; i++) {
      int tenant = random.nextInt(Tables.TENANTS);
      int row = random.nextInt(tenant, Tables.TENANTS);
      Stamp stamp = new Stamp(table.log().revision(row), table.log().seal(row));
      headers[i] =
          ("tenancy=" + Tables.tenancy(tenant) + ",tenancy-rev=" + stamp.text()).getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  /** A header with a tenancy and a stamp. */
  @Benchmark
  public dev.lanekeeper.model.Owner tagged() {
    byte[] header = headers[next++ & (HEADERS - 1)];
    return ask(header);
  }

  /** A header that is not ours. */
  @Benchmark
  public dev.lanekeeper.model.Owner untagged() {
    return ask(foreign);
  }

  private dev.lanekeeper.model.Owner ask(byte[] header) {
    tag.clear().baggage(header, 0, header.length);
    long at = tag.isTagged() ? table.snapshot(tag.stampRevision(), tag.stampSeal(), false) : 0;
    return table.ownerAt(service, tag, at, "orders", 0, 1);
  }

  /** Runs both in alternation, {@value ROUNDS} rounds of a JVM each. */
  public static void main(String[] args) throws RunnerException {
    List<String> names = List.of("untagged", "tagged");
    double[][] nanos = new double[names.size()][ROUNDS];
    double[][] bytes = new double[names.size()][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < names.size(); i++) {
        RunResult result = run(names.get(i));
        nanos[i][round] = result.getPrimaryResult().getScore();
        bytes[i][round] = Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm")).getScore();
      }
    }
    Report report = new Report();
    report.row("owner, " + Tables.TENANTS + " tenants", "ns/op", "bytes/op");
    for (int i = 0; i < names.size(); i++) {
      Samples time = new Samples(nanos[i]);
      Samples allocated = new Samples(bytes[i]);
      report.row(names.get(i), time.text("%.1f"), allocated.text("%.4f"));
      report.figure(names.get(i) + "_ns", time.median());
      report.figure(names.get(i) + "_bytes_per_op", wholeTenths(allocated.median()));
    }
    report.print();
  }

  /** What the profiler itself allocates in a round is spread over all its operations: thousandths of a byte. */
  private static double wholeTenths(double bytes) {
    return Math.rint(bytes * 10) / 10;
  }

  private static RunResult run(String name) throws RunnerException {
    return new Runner(new OptionsBuilder().include(Owner.class.getName() + "\\." + name + "$").forks(1)
        .warmupIterations(3).warmupTime(TimeValue.milliseconds(400)).measurementIterations(3)
        .measurementTime(TimeValue.milliseconds(400)).addProfiler(GCProfiler.class).build()).runSingle();
  }
}

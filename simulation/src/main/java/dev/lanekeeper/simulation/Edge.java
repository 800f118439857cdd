package dev.lanekeeper.simulation;

import dev.lanekeeper.kafka.RecordTags;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.RouteView;
import dev.lanekeeper.model.Stamp;
import dev.lanekeeper.model.Tag;
import dev.lanekeeper.model.WireNames;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Where requests enter, are stamped, and send messages: at once or much later, through a data plane that may be behind, or past every data
 * plane with a tag alone and the producer's own idea of the time.
 */
final class Edge {

  private final World world;
  private final Scheduler scheduler;
  private final DataPlane plane;
  private int ids;

  Edge(World world, Host host) {
    this.world = world;
    this.scheduler = world.scheduler();
    this.plane = new DataPlane(scheduler, host, world.wire(), new Disk(), world.faults());
  }

  void start() {
    plane.start();
  }

  DataPlane plane() {
    return plane;
  }

  /** An untagged request sends a message. */
  void sendUntagged() {
    later("", Stamp.NONE, 0, 20);
  }

  /** A request of a tenancy sends a message, so much later at most, by a clock that is so far ahead. */
  void send(String tenancy, long mostMillis, long aheadMillis) {
    RouteView view = plane.view();
    Carried carried = view.stamped(new Carried(Tag.of(tenancy), Stamp.NONE), false);
    if (!view.isKnown() || carried.stamp().isNone()) {
      return; // such a request is refused, or asks first
    }
    later(tenancy, carried.stamp(), aheadMillis, mostMillis);
  }

  /** A message with a tag and no stamp, of a clock that is so far ahead. */
  void sendUnstamped(String tenancy, long aheadMillis) {
    later(tenancy, Stamp.NONE, aheadMillis, 20);
  }

  /** A request that was stamped long ago sends a message. */
  void sendLate(String tenancy, Stamp stamp, long mostMillis) {
    later(tenancy, stamp, 0, mostMillis);
  }

  /** A message with a tag and no stamp, of exactly this time. */
  void sendOf(String tenancy, long timestampMillis) {
    int id = ++ids;
    scheduler.after(scheduler.between(0, 20), Scheduler.world(),
        () -> append(id, tenancy, Stamp.NONE, timestampMillis));
  }

  /** A message with a stamp that was never given: of a revision that is there, or will be. */
  void sendForged(String tenancy, long revision) {
    later(tenancy, new Stamp(revision, 0x0badcafe), 0, 20);
  }

  private void later(String tenancy, Stamp stamp, long aheadMillis, long mostMillis) {
    long timestamp = Clock.millis(scheduler) + aheadMillis;
    int id = ++ids;
    scheduler.after(scheduler.between(0, mostMillis), Scheduler.world(),
        () -> append(id, tenancy, stamp, timestamp));
  }

  private void append(int id, String tenancy, Stamp stamp, long timestamp) {
    if (world.broker().isDown()) {
      scheduler.after(scheduler.between(50, 500), Scheduler.world(), () -> append(id, tenancy, stamp, timestamp));
      return;
    }
    Logs logs = world.broker().logs();
    int partitions = logs.partitions(ConsumerProcess.TOPIC);
    TopicPartition partition = new TopicPartition(ConsumerProcess.TOPIC, scheduler.random().nextInt(partitions));
    Headers headers = new RecordHeaders();
    if (!tenancy.isEmpty()) {
      RecordTags.write(headers, WireNames.STANDARD, new Carried(Tag.of(tenancy), stamp));
    }
    if (scheduler.chance(30)) {
      logs.mark(partition);
    }
    long offset = logs.append(partition, timestamp, null, Logs.bytes("" + id), headers);
    world.faults().appended(logs, scheduler.nowNanos());
    world.account().sent(new Message(id, tenancy, stamp, partition, offset, timestamp, scheduler.nowNanos()));
    scheduler.tally().count(Happening.MESSAGES);
    scheduler.trace(() -> "message " + id + " of \"" + tenancy + "\" with stamp " + stamp + " stands at "
        + partition + "@" + offset);
    world.broker().news().wake();
  }
}

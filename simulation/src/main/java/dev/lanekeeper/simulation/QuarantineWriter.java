package dev.lanekeeper.simulation;

import dev.lanekeeper.kafka.RecordWriter;
import java.time.Duration;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Writes what consumers put aside to the simulated broker; the answer may be lost. */
final class QuarantineWriter implements RecordWriter {

  private final World world;

  QuarantineWriter(World world) {
    this.world = world;
  }

  @Override
  public Pending begin(ProducerRecord<byte[], byte[]> record) {
    Scheduler scheduler = world.scheduler();
    scheduler.pause(0, 10);
    long tookNanos = scheduler.nowNanos() + scheduler.between(0, 10);
    if (world.broker().isDown()) {
      return new Sent(scheduler.nowNanos() + scheduler.between(100, 1_000), "the broker does not answer");
    }
    Logs logs = world.broker().logs();
    logs.make(record.topic(), 1);
    TopicPartition place = new TopicPartition(record.topic(), 0);
    scheduler.tally().count(Happening.PUT_ASIDE);
    logs.append(place, Clock.millis(scheduler), record.key(), record.value(),
        world.faults().aside(record.headers(), logs.end(place)));
    world.broker().news().wake();
    return new Sent(tookNanos, world.losesAnswer() ? "nobody can tell" : null);
  }

  /** A request, and how it ends. */
  private final class Sent implements Pending {
    private final long untilNanos;
    private final @Nullable String failure;

    Sent(long untilNanos, @Nullable String failure) {
      this.untilNanos = untilNanos;
      this.failure = failure;
    }

    @Override
    public boolean isDone() {
      return world.scheduler().nowNanos() >= untilNanos;
    }

    @Override
    public void await() {
      if (!isDone()) {
        world.scheduler().sleep(Duration.ofNanos(untilNanos - world.scheduler().nowNanos()));
      }
      if (failure != null) {
        throw new KafkaException(failure);
      }
    }
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}

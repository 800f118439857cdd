package dev.lanekeeper.agent.springkafka;

import dev.lanekeeper.boot.ContextSource;
import dev.lanekeeper.boot.Counters;
import dev.lanekeeper.boot.Lanes;
import dev.lanekeeper.boot.Modules;
import dev.lanekeeper.kafka.TagRuns;
import dev.lanekeeper.model.Carried;
import dev.lanekeeper.model.WireNames;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

/**
 * What the advice on batches does: while a batch of one tenancy is being listened to, its tag and stamp are what is served; a mixed batch
 * is handed over in runs, one after the other. Untagged batches are left alone.
 */
public final class SpringBatches {

  /** For people. */
  static final String MODULE = "spring-kafka";
  /** Of a container: it hands a batch to its listener, whatever kind of one that is. */
  static final String METHOD = "invokeBatchOnMessageWithRecordsOrList";

  private SpringBatches() {}

  /** All was handed over already. */
  public static final class Done implements ContextSource.Served {
    private static final Done DONE = new Done();

    private Done() {}

    @Override
    public void close() {
      // Nothing is served any more.
    }
  }

  /**
   * Before a batch is handed over.
   *
   * @param list the same records; null if the listener wants them as they were polled
   * @return what is served meanwhile, to be closed afterwards; null if nothing is; {@link Done} if all of it was handed over here
   * @throws Throwable what the listener threw
   */
  public static ContextSource.@Nullable Served begin(Object container, ConsumerRecords<Object, Object> polled,
      @Nullable List<ConsumerRecord<Object, Object>> list) throws Throwable {
    Modules.matched(MODULE, MODULE);
    if (polled == null) {
      return null;
    }
    WireNames names = Lanes.names();
    List<ConsumerRecord<Object, Object>> batch = list == null ? TagRuns.all(polled) : list;
    if (!TagRuns.areTagged(batch, names)) {
      return null;
    }
    List<TagRuns<Object, Object>> runs = TagRuns.of(batch, names);
    if (runs.size() == 1) {
      return Lanes.context().serve(runs.get(0).carried());
    }
    Container reached = Container.of(container);
    if (reached == null) {
      Modules.missed(MODULE,
          "a batch of several tenancies could not be taken apart: it is handed over as a whole, untagged");
      return Lanes.context().serve(Carried.NOTHING);
    }
    for (TagRuns<Object, Object> run : runs) {
      hand(reached, run, list != null);
      if (reached.isGivenBack(run.first())) {
        break;
      }
    }
    Counters.add("batch.taken-apart", 1);
    return Done.DONE;
  }

  private static void hand(Container container, TagRuns<Object, Object> run, boolean asList) throws Throwable {
    try {
      container.hand(run.polled(), asList ? run.records() : null);
    } catch (InvocationTargetException listeners) {
      throw BatchFailures.inWholeBatch(listeners.getTargetException(), run.first());
    }
  }
}

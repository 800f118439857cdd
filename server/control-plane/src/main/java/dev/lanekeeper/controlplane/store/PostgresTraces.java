package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.ApiJson;
import dev.lanekeeper.api.HopInfo;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * What any replica has heard, in a table of a PostgreSQL store.
 *
 * <p><b>Threads.</b> Any; blocks.
 */
final class PostgresTraces implements Traces {

  /** So many more than are kept, and somebody looks: not only now and then, since much can be told in between. */
  private static final int MOST_UNTENDED = MOST / 5;

  private final Line line;
  private final AtomicInteger untended = new AtomicInteger();

  PostgresTraces(Line line) {
    this.line = line;
  }

  @Override
  public void add(List<HopInfo> hops) {
    if (hops.isEmpty()) {
      return;
    }
    line.use(handle -> {
      PreparedBatch batch =
          handle.prepareBatch("INSERT INTO hops (trace, hop, heard_at) VALUES (?, ?, clock_timestamp())");
      hops.forEach(hop -> batch.add(hop.trace(), ApiJson.write(hop)));
      return batch.execute();
    });
    if (untended.addAndGet(hops.size()) >= MOST_UNTENDED) {
      tend();
    }
  }

  @Override
  public List<HopInfo> of(String trace) {
    return line.use(handle -> handle
        .createQuery("SELECT hop FROM hops WHERE trace = ? ORDER BY number LIMIT " + MOST_OF_ONE).bind(0, trace)
        .mapTo(String.class).map(text -> ApiJson.read(text, HopInfo.class)).list())
        .stream().sorted(Comparator.comparingLong(HopInfo::at)).toList();
  }

  @Override
  public void tend() {
    untended.set(0);
    line.use(handle -> handle.execute("DELETE FROM hops WHERE heard_at < clock_timestamp() - interval '"
        + KEPT.toMillis() + " milliseconds' OR number <= (SELECT max(number) FROM hops) - " + MOST));
  }
}

package dev.lanekeeper.kafka;

import dev.lanekeeper.model.Lookahead;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.WireNames;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tags of the next records before they are decided one by one, and has what the table knows of them fetched from
 * memory all at once. Each is then read once.
 */
final class TagsAhead {

  private final TagReader[] readers = new TagReader[Lookahead.MOST];
  private final Lookahead lookahead = new Lookahead();
  private List<? extends ConsumerRecord<?, ?>> records = List.of();
  private int next;

  /** {@code like}: how they are read. */
  TagsAhead(TagReader like) {
    for (int i = 0; i < readers.length; i++) {
      readers[i] = like.another();
    }
  }

  /** Reads these, {@value Lookahead#MOST} at most, by names. */
  void read(List<? extends ConsumerRecord<?, ?>> newRecords, WireNames names, RouteTable table) {
    forget();
    lookahead.clear();
    for (int i = 0; i < newRecords.size(); i++) {
      readers[i].use(names);
      readers[i].read(newRecords.get(i).headers());
      lookahead.note(readers[i].tag());
    }
    lookahead.fetch(table);
    records = newRecords;
  }

  /** What was read may have been written over, or is of a poll that is over. */
  void forget() {
    records = List.of();
    next = 0;
  }

  /** Who has read this record by these names; null if nobody has. Quick where records come in the order in which they were read. */
  @SuppressWarnings("ReferenceEquality") // the very same record and names, or it is read anew
  @Nullable
  TagReader of(ConsumerRecord<?, ?> record, WireNames names) {
    for (int i = next; i < records.size(); i++) {
      if (records.get(i) == record) {
        next = i;
        return readers[i].names() == names ? readers[i] : null;
      }
    }
    return null;
  }
}

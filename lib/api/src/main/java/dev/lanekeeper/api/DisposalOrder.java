package dev.lanekeeper.api;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a person wants done with records that were put aside: all of them, or none.
 *
 * @param operation the id that the ledger gives it, random; asking again under the same id does nothing twice. Null: the control
 *     plane chooses one
 * @param records their ids, of one service on one cluster
 * @param receiver who is to get them, {@code baseline} or {@code tenancy/...}; null where they are discarded
 * @param by who wants it, for the ledger
 * @param again whether records are released that were released or discarded before
 */
public record DisposalOrder(@Nullable String operation, List<String> records, @Nullable String receiver, String by,
    boolean again) {

  /** Copies the list. */
  public DisposalOrder {
    records = records == null ? List.of() : List.copyOf(records);
    Objects.requireNonNull(by, "by");
  }
}

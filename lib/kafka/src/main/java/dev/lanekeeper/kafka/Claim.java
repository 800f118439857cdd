package dev.lanekeeper.kafka;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * How a workload under test says, in the metadata of a committed offset, up to which record it may have begun to process: nobody
 * else may be given those again, whatever becomes of it. What the application put into the metadata stands behind it.
 */
public final class Claim {

  /** That nothing is claimed. */
  public static final long NONE = -1;

  /** That everything is: nobody knows up to where a workload has come. */
  public static final long UNKNOWN = Long.MAX_VALUE;

  private static final String MARK = "lanekeeper-claim=";

  private Claim() {}

  /**
   * The offset up to which, exclusively, a workload may have begun to process; {@link #NONE} if it says nothing of that.
   *
   * @param metadata of a committed offset; may be null
   */
  public static long of(@Nullable String metadata) {
    if (metadata == null || !metadata.startsWith(MARK)) {
      return NONE;
    }
    int end = end(metadata);
    try {
      return Long.parseLong(metadata, MARK.length(), end, 10);
    } catch (NumberFormatException notOurs) {
      return NONE;
    }
  }

  /**
   * Whether an offset is what the broker has kept of a group: there, and none that was committed since all had been forgotten.
   *
   * @param offset as it is committed; null if none is
   */
  public static boolean isLeft(@Nullable OffsetAndMetadata offset) {
    return offset != null && of(offset.metadata()) != UNKNOWN;
  }

  private static int end(String metadata) {
    int space = metadata.indexOf(' ', MARK.length());
    return space < 0 ? metadata.length() : space;
  }

  /** An offset with a claim, beside what its metadata says. One that is not beyond the offset itself says nothing, and is left out. */
  public static OffsetAndMetadata with(OffsetAndMetadata offset, long claim) {
    String own = without(offset.metadata());
    String said = claim > offset.offset() ? MARK + claim + (own.isEmpty() ? "" : " " + own) : own;
    return said.equals(offset.metadata())
        ? offset
        : new OffsetAndMetadata(offset.offset(), offset.leaderEpoch(), said);
  }

  /** The metadata as the application gave it. */
  static String without(@Nullable String metadata) {
    if (metadata == null || of(metadata) == NONE) {
      return metadata == null ? "" : metadata;
    }
    int end = end(metadata);
    return end == metadata.length() ? "" : metadata.substring(end + 1);
  }
}

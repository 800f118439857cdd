package dev.lanekeeper.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record that was put aside, with what it holds.
 *
 * @param record as it is listed
 * @param headers it had, in their order
 * @param key it had; null: none, or it was put aside by reference
 * @param value it had; null: none, or it was put aside by reference
 */
public record QuarantinedRecordInfo(QuarantinedInfo record, List<Header> headers, @Nullable Content key,
    @Nullable Content value) {

  /** Copies the list. */
  public QuarantinedRecordInfo {
    headers = List.copyOf(headers);
  }

  /**
   * A header.
   *
   * @param name its name
   * @param value its value; null: it has none
   */
  public record Header(String name, @Nullable Content value) {}

  /**
   * Bytes, to be looked at.
   *
   * @param bytes how many there are
   * @param text as text, where they are some; null: they are not
   * @param hex as hexadecimal digits, where they are no text; null: they are
   * @param cut whether what is shown is only the beginning of them
   */
  public record Content(int bytes, @Nullable String text, @Nullable String hex, boolean cut) {}
}

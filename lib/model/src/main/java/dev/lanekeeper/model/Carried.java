package dev.lanekeeper.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a carrier (headers of a request, of a message) bore.
 *
 * @param tag {@link Tag#NONE} for untagged traffic
 * @param stamp {@link Stamp#NONE} if there was none
 * @param trace by what name each data plane tells the control plane what it did with it: 1 to 64 letters, digits and hyphens; null:
 *     nobody wants to know
 */
public record Carried(Tag tag, Stamp stamp, @Nullable String trace) {

  /** Untagged. */
  public static final Carried NOTHING = new Carried(Tag.NONE, Stamp.NONE);

  private static final int LONGEST_TRACE = 64;

  /**
   * INVARIANT: what is no name of a trace is none, whoever says so: as it stands it is written into headers.
   */
  public Carried {
    trace = trace != null && isTrace(trace) ? trace : null;
  }

  private static boolean isTrace(String text) {
    boolean wellFormed = !text.isEmpty() && text.length() <= LONGEST_TRACE;
    for (int i = 0; i < text.length() && wellFormed; i++) {
      char c = text.charAt(i);
      wellFormed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    }
    return wellFormed;
  }

  /** Nobody wants to know what becomes of it. */
  public Carried(Tag tag, Stamp stamp) {
    this(tag, stamp, null);
  }

  /** Whether there was a tag, well-formed or not. */
  public boolean isTagged() {
    return !tag.isNone();
  }

  /** The same tag with a stamp. */
  public Carried with(Stamp newStamp) {
    return new Carried(tag, newStamp, trace);
  }

  /** The same, traced by this name; null: not at all. */
  public Carried tracedBy(@Nullable String name) {
    return Objects.equals(name, trace) ? this : new Carried(tag, stamp, name);
  }
}

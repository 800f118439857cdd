package dev.lanekeeper.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a carrier (headers of a request, of a message) bore.
 *
 * @param tag {@link Tag#NONE} for untagged traffic
 * @param stamp {@link Stamp#NONE} if there was none
 * @param trace by what name each data plane tells the control plane what it did with it; null: nobody wants to know
 */
public record Carried(Tag tag, Stamp stamp, @Nullable String trace) {

  /** Untagged. */
  public static final Carried NOTHING = new Carried(Tag.NONE, Stamp.NONE);

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

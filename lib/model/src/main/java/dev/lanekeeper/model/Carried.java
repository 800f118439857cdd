package dev.lanekeeper.model;

/**
 * What a carrier (headers of a request, of a message) bore.
 *
 * @param tag {@link Tag#NONE} for untagged traffic
 * @param stamp {@link Stamp#NONE} if there was none
 */
public record Carried(Tag tag, Stamp stamp) {

  /** Untagged. */
  public static final Carried NOTHING = new Carried(Tag.NONE, Stamp.NONE);

  /** Whether there was a tag, well-formed or not. */
  public boolean isTagged() {
    return !tag.isNone();
  }

  /** The same tag with a stamp. */
  public Carried with(Stamp newStamp) {
    return new Carried(tag, newStamp);
  }
}

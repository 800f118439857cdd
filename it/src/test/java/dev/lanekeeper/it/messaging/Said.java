package dev.lanekeeper.it.messaging;

import dev.lanekeeper.model.Carried;
import java.util.List;

/**
 * Something that the mill said it did, and what that bore.
 *
 * @param where topic, or {@code call}
 * @param version of the mill
 * @param step what it did
 * @param what with which messages
 * @param carried tag and stamp
 */
record Said(String where, String version, String step, List<String> what, Carried carried) {

  /** From text that the mill wrote: version, step, messages. */
  static Said of(String where, String text, Carried carried) {
    String[] words = text.split(" ", -1);
    return new Said(where, words[0], words[1], List.of(words).subList(2, words.length), carried);
  }

  /** Step and place. */
  String how() {
    return step + (where.equals("call") ? " called" : " sent");
  }
}

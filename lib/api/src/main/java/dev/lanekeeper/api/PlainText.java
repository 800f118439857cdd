package dev.lanekeeper.api;

import java.util.regex.Pattern;

/**
 * Text that somebody else wrote and that people are shown: on a terminal, a control character in it would be obeyed.
 *
 * <p><b>Threads.</b> Any.
 */
public final class PlainText {

  /** Longest name of a consumer group that is taken; Kafka itself sets no limit. */
  public static final int LONGEST_GROUP = 255;

  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
  private static final int LONGEST_QUOTE = 80;

  private PlainText() {}

  /**
   * Refuses what is too long, or holds characters that are not shown.
   *
   * @param field the field, for the message
   * @throws IllegalArgumentException {@code <field>: <value> (expected: <what>)}
   */
  public static String check(String field, String text, int longest) {
    if (text.length() > longest || text.codePoints().anyMatch(PlainText::isHidden)) {
      throw new IllegalArgumentException(field + ": " + quoted(text) + " (expected: at most " + longest
          + " characters, no control characters among them)");
    }
    return text;
  }

  /**
   * Refuses what Kafka would not take as the name of a topic.
   *
   * @throws IllegalArgumentException {@code <field>: <value> (expected: <what>)}
   */
  public static String checkTopic(String field, String topic) {
    if (!TOPIC.matcher(topic).matches() || topic.equals(".") || topic.equals("..")) {
      throw new IllegalArgumentException(field + ": " + quoted(topic)
          + " (expected: 1 to 249 letters, digits, '.', '_' or '-', and neither \".\" nor \"..\")");
    }
    return topic;
  }

  /**
   * Refuses what is no name of a consumer group.
   *
   * @throws IllegalArgumentException {@code <field>: <value> (expected: <what>)}
   */
  public static String checkGroup(String field, String group) {
    if (group.isBlank()) {
      throw new IllegalArgumentException(field + ": " + quoted(group) + " (expected: the name of a consumer group)");
    }
    return check(field, group, LONGEST_GROUP);
  }

  /** The text with a question mark for each character that is not shown. */
  public static String shown(String text) {
    if (text.codePoints().noneMatch(PlainText::isHidden)) {
      return text;
    }
    return text.codePoints().map(c -> isHidden(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
  }

  private static String quoted(String text) {
    String shown = shown(text);
    return '"' + (shown.length() > LONGEST_QUOTE ? shown.substring(0, LONGEST_QUOTE) + "..." : shown) + '"';
  }

  private static boolean isHidden(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE, Character.UNASSIGNED ->
        true;
      default -> false;
    };
  }
}

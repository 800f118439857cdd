package dev.lanekeeper.kafka;

import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Patterns of topics that match some more topics, by name. What an application wrote is not ours to understand: it is put into a group of
 * its own, whatever it left open is closed, and what comes of it is used only if it can be read and matches what it must.
 */
final class Patterns {

  /** Of the characters of a name of a topic this one means something in a pattern. */
  private static final String DOT = ".";
  private static final Pattern PLAIN = Pattern.compile("(?:[a-zA-Z0-9_.|*+?$^)-]|\\((?!\\?))*");
  /** Flags that are set within a pattern, for the rest of it. */
  private static final Pattern SET_INSIDE = Pattern.compile("(?<!^)\\(\\?[a-zA-Z-]+\\)");

  private Patterns() {}

  /**
   * The pattern of a client.
   *
   * @param more to be matched beside
   * @param known topics about which both must say the same
   * @return itself for no topics, null if it cannot be extended
   */
  static @Nullable Pattern extended(Pattern pattern, Set<String> more, Set<String> known) {
    if (more.isEmpty()) {
      return pattern;
    }
    int flags = pattern.flags();
    String text = pattern.pattern();
    if (flags != 0 && SET_INSIDE.matcher(text).find()) {
      return null; // a pattern says of such flags that it has them, not from where on
    }
    if ((flags & Pattern.LITERAL) != 0) {
      text = Pattern.quote(text);
      flags &= Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE; // beside it no other means anything
    } else {
      text = closed(text, (flags & Pattern.COMMENTS) != 0);
    }
    return checked(pattern, either(text, more), flags, more, known);
  }

  private static @Nullable Pattern checked(Pattern pattern, String text, int flags, Set<String> more,
      Set<String> known) {
    try {
      Pattern all = Pattern.compile(text, flags);
      boolean same = known.stream().filter(topic -> !more.contains(topic))
          .allMatch(topic -> all.matcher(topic).matches() == pattern.matcher(topic).matches());
      return same && more.stream().allMatch(topic -> all.matcher(topic).matches()) ? all : null;
    } catch (PatternSyntaxException unreadable) {
      return null; // something in it takes our bracket with it
    }
  }

  /**
   * The pattern of a broker, RE2's: no comments, and quotes as in Java. INVARIANT: what Java cannot read either is not extended. What
   * the broker cannot read would fail every poll.
   *
   * @return itself for no topics, null if it cannot be extended
   */
  static @Nullable String extended(String pattern, Set<String> more, Set<String> known) {
    if (more.isEmpty()) {
      return pattern;
    }
    String all = either(closed(pattern, false), more);
    try {
      return checked(ofBroker(pattern), ofBroker(all).pattern(), 0, more, known) == null ? null : all;
    } catch (PatternSyntaxException unlike) {
      return null;
    }
  }

  /**
   * A pattern of the broker's kind as one of the client's own.
   *
   * @throws PatternSyntaxException if it cannot be written so
   */
  static Pattern ofBroker(String pattern) {
    return Pattern.compile(pattern.replace("(?P<", "(?<"));
  }

  /** Whether a pattern of the broker's kind means the same to us: one without classes, groups of other kinds and escapes but that of a dot. */
  static boolean isPlain(String pattern) {
    return PLAIN.matcher(pattern.replace("\\.", "")).matches();
  }

  private static String either(String text, Set<String> more) {
    StringBuilder either = new StringBuilder("(?:").append(text).append(')');
    for (String topic : more) {
      either.append('|').append(topic.replace(DOT, "\\" + DOT));
    }
    return either.toString();
  }

  /** Ends a quote, and a comment, in which the text may end. */
  private static String closed(String text, boolean comments) {
    return text + (endsInQuote(text) ? "\\E" : "") + (comments ? "\n" : "");
  }

  private static boolean endsInQuote(String text) {
    boolean quoting = false;
    for (int i = 0; i + 1 < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        char next = text.charAt(i + 1);
        if (quoting) {
          quoting = next != 'E';
        } else {
          quoting = next == 'Q';
          i++;
        }
      }
    }
    return quoting;
  }
}

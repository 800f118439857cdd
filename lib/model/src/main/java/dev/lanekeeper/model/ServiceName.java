package dev.lanekeeper.model;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The name of a service of the environment: {@code [A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?}, compared without case.
 */
public final class ServiceName implements Comparable<ServiceName> {

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?");

  private final String text;
  private final String folded;

  private ServiceName(String text) {
    this.text = text;
    this.folded = text.toLowerCase(Locale.ROOT);
  }

  /**
   * Reads a name.
   *
   * @throws IllegalArgumentException if {@code text} is not a service name
   */
  public static ServiceName of(String text) {
    if (!isWellFormed(text)) {
      throw new IllegalArgumentException("service: " + Quoted.of(text)
          + " (expected: 1 to 63 letters, digits, '.' or '-', beginning and ending with a letter or digit)");
    }
    return new ServiceName(text);
  }

  static boolean isWellFormed(String text) {
    return FORM.matcher(text).matches();
  }

  /** The name as it was written. */
  public String text() {
    return text;
  }

  /** The name in lower case: equal for equal names. */
  public String folded() {
    return folded;
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof ServiceName that && folded.equals(that.folded));
  }

  @Override
  public int hashCode() {
    return folded.hashCode();
  }

  @Override
  public int compareTo(ServiceName other) {
    return folded.compareTo(other.folded);
  }

  @Override
  public String toString() {
    return text;
  }
}

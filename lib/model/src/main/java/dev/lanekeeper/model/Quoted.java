package dev.lanekeeper.model;

/** How a value of somebody else's stands in an error message: quoted, printable, short. */
final class Quoted {

  private static final int LONGEST = 80;

  private Quoted() {}

  static String of(String value) {
    StringBuilder out = new StringBuilder(Math.min(value.length(), LONGEST) + 8).append('"');
    int end = Math.min(value.length(), LONGEST);
    for (int i = 0; i < end; i++) {
      char c = value.charAt(i);
      if (c < 0x20 || c > 0x7e) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
    return value.length() > LONGEST ? out + "... (" + value.length() + " characters)" : out.toString();
  }
}

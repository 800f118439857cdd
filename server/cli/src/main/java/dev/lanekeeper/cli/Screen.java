package dev.lanekeeper.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Map;

/**
 * Where a command prints: results on one writer, everything else (errors, progress) on the other.
 *
 * <p>Colours are used only on a terminal and without {@code NO_COLOR} (no-color.org); characters beyond ASCII only where the
 * character set of the output has them.
 *
 * <p>May be used by several threads: each line is printed whole.
 */
public final class Screen {
  /** Starts an escape sequence (ECMA-48, CSI). */
  private static final String CSI = "\u001b[";
  private static final String BEYOND_ASCII = "─═″✓✗…";

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean colour;
  private final boolean unicode;
  private boolean hasProgress;

  /**
   * Prints to two writers.
   *
   * @param out results
   * @param err errors and progress
   * @param colour whether escape sequences are understood
   * @param unicode whether characters beyond ASCII are shown
   */
  public Screen(PrintWriter out, PrintWriter err, boolean colour, boolean unicode) {
    this.out = out;
    this.err = err;
    this.colour = colour;
    this.unicode = unicode;
  }

  /** The screen of this process. */
  @SuppressWarnings("SystemConsoleNull") // It is null again in JDK 25, where nobody sits before it.
  public static Screen ofProcess(Map<String, String> environment) {
    Console console = System.console();
    boolean terminal = console != null && console.isTerminal();
    boolean colour = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !"dumb".equals(environment.get("TERM"));
    Charset charset = System.out.charset();
    return new Screen(new PrintWriter(System.out, true, charset),
        new PrintWriter(System.err, true, System.err.charset()), colour, charset.newEncoder().canEncode(BEYOND_ASCII));
  }

  /** A screen on which results, too, go where errors go. */
  public Screen notesOnly() {
    return new Screen(err, err, colour, unicode);
  }

  /** Whether the output shows characters beyond ASCII. */
  public boolean hasUnicode() {
    return unicode;
  }

  /** Whether escape sequences are understood. */
  public boolean hasColour() {
    return colour;
  }

  /** Takes results; bypasses {@link #line}. */
  PrintWriter resultWriter() {
    return out;
  }

  /** Takes errors; bypasses {@link #note}. */
  PrintWriter errorWriter() {
    return err;
  }

  /** Prints a line of the result. */
  public synchronized void line(String text) {
    clearProgress();
    out.println(shown(text));
    out.flush();
  }

  /** Prints a line that is not part of the result. */
  public synchronized void note(String text) {
    clearProgress();
    err.println(shown(text));
    err.flush();
  }

  /** Shows what is going on, in place of what was shown before; prints nothing where the output is no terminal. */
  public synchronized void progress(String text) {
    if (colour) {
      err.print("\r" + CSI + "K" + shown(text));
      err.flush();
      hasProgress = true;
    }
  }

  private void clearProgress() {
    if (hasProgress) {
      err.print("\r" + CSI + "K");
      err.flush();
      hasProgress = false;
    }
  }

  /** The text in bold. */
  public String bold(String text) {
    return styled("1", text);
  }

  /** The text, faint. */
  public String faint(String text) {
    return styled("2", text);
  }

  /** The text in the colour of what is right. */
  public String good(String text) {
    return styled("32", text);
  }

  /** The text in the colour of what is wrong. */
  public String bad(String text) {
    return styled("31", text);
  }

  private String styled(String style, String text) {
    return colour ? CSI + style + "m" + text + CSI + "0m" : text;
  }

  /** The text with a replacement in ASCII for each of the few other characters that are used here. */
  private String shown(String text) {
    return unicode
        ? text
        : text.replace('─', '-').replace('═', '=').replace('″', '"').replace('✓', '+').replace('✗', 'x')
            .replace("…", "...");
  }
}

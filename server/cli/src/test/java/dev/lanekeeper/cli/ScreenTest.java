package dev.lanekeeper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private Screen screen(boolean colour, boolean unicode) {
    return new Screen(new PrintWriter(out), new PrintWriter(err), colour, unicode);
  }

  @Test
  void line_withoutUnicode_isAscii() {
    screen(false, false).line("A ── B″ ══orders══ C″ ✓ ✗ …");

    assertThat(out.toString().strip()).isEqualTo("A -- B\" ==orders== C\" + x ...");
  }

  @Test
  void line_withUnicode_isLeftAlone() {
    screen(false, true).line("A ── B″");

    assertThat(out.toString().strip()).isEqualTo("A ── B″");
  }

  @Test
  void good_withoutColour_addsNothing() {
    assertThat(screen(false, true).good("fine")).isEqualTo("fine");
    assertThat(screen(true, true).good("fine")).startsWith("\u001b[32m").endsWith("\u001b[0m");
  }

  @Test
  void progress_noTerminal_printsNothing() {
    screen(false, true).progress("busy");

    assertThat(err.toString()).isEmpty();
  }

  @Test
  void line_afterProgress_clearsItFirst() {
    var screen = screen(true, true);

    screen.progress("busy");
    screen.line("done");

    assertThat(err.toString()).endsWith("busy\r\u001b[K");
    assertThat(out.toString().strip()).isEqualTo("done");
  }
}

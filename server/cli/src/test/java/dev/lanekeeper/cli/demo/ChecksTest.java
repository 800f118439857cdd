package dev.lanekeeper.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.cli.Screen;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ChecksTest {
  private final StringWriter out = new StringWriter();
  private final Checks checks = new Checks(new Screen(new PrintWriter(out), new PrintWriter(out), false, false));

  @Test
  void hold_nothingChecked_isFalse() {
    assertThat(checks.hold()).isFalse();
  }

  @Test
  void hold_oneDoesNot_isFalseAndSaysWhatWasSeen() {
    checks.that(true, "first", "");
    checks.equal("B2", "B", "A was answered by B2");

    checks.print();

    assertThat(checks.hold()).isFalse();
    assertThat(out.toString()).contains("x A was answered by B2 -- seen: B (expected: B2)",
        "1 of 2 checks did not hold");
  }
}

package dev.lanekeeper.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a command did: its exit code and what it printed. */
record Executed(int exitCode, String out, String err) {

  /** Executes a command with these variables and this standard input. */
  static Executed command(Map<String, String> environment, String in, String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    var screen = new Screen(new PrintWriter(out, true), new PrintWriter(err, true), false, false);
    var input = new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8));
    int exitCode = Main.execute(new Session(screen, environment, input), arguments);
    return new Executed(exitCode, out.toString(), err.toString());
  }

  /** Executes a command. */
  static Executed command(String... arguments) {
    return command(Map.of(), "", arguments);
  }
}

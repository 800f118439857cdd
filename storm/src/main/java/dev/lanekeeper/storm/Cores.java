package dev.lanekeeper.storm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which processors of this machine processes may use. {@link #APART} is like several machines: what the baseline and its broker do is not slowed down by
 * what others compute meanwhile, but for what they have to do with each other. Needs {@code taskset}.
 */
enum Cores {
  /** All use all. */
  SHARED,
  /** The baseline and the broker share one, all others the others. */
  APART;

  private static final String FIRST = "0";
  /** Before this process is bound to some of them. */
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private static String others() {
    if (PROCESSORS < 2) {
      throw new IllegalStateException("one processor (expected: two at least, one of which is the baseline's)");
    }
    return PROCESSORS == 2 ? "1" : "1-" + (PROCESSORS - 1);
  }

  /** The command of a process of the baseline's, or of its broker. */
  List<String> ofBaseline(List<String> command) {
    return on(FIRST, command);
  }

  /** The command of another process. */
  List<String> ofOthers(List<String> command) {
    return this == SHARED ? command : on(others(), command);
  }

  private List<String> on(String processors, List<String> command) {
    if (this == SHARED) {
      return command;
    }
    List<String> whole = new ArrayList<>(List.of("taskset", "--cpu-list", processors));
    whole.addAll(command);
    return whole;
  }

  /** This process is one of the others, from now on. */
  void ofOthersIsThisOne() throws IOException, InterruptedException {
    if (this == APART) {
      List<String> command = List.of("taskset", "--all-tasks", "--cpu-list", "--pid", others(),
          "" + ProcessHandle.current().pid());
      int code = new ProcessBuilder(command).redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException(String.join(" ", command) + " ended with " + code);
      }
    }
  }
}

package dev.lanekeeper.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.api.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ProblemsPageTest {

  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z-]+)` \\| ([0-9]{3}) \\| .+ \\| .+ \\|$", Pattern.MULTILINE);

  @Test
  void page_everyCode_isListedWithItsStatus() throws IOException {
    Map<String, Integer> listed = new TreeMap<>();
    Matcher row = ROW.matcher(Files.readString(Path.of("../../docs/reference/problems.md")));
    while (row.find()) {
      listed.put(row.group(1), Integer.valueOf(row.group(2)));
    }
    assertThat(listed).isEqualTo(
        Arrays.stream(ProblemCode.values()).collect(Collectors.toMap(ProblemCode::code, ProblemCode::status)));
  }
}

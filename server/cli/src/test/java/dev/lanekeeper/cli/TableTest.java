package dev.lanekeeper.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

  @Test
  void lines_cellsOfDifferentWidth_columnsAlign() {
    var table = new Table(List.of("NAME", "N"));
    table.add(List.of("a", "100"));
    table.add(List.of("longer", ""));

    assertThat(table.lines()).containsExactly("NAME    N", "a       100", "longer");
  }

  @Test
  void lines_controlCharacters_areNotObeyed() {
    var table = new Table(List.of("NAME"));
    table.add(List.of("a\u001b[2Jb\r\nc\u202ed"));

    assertThat(table.lines()).containsExactly("NAME", "a?[2Jb??c?d");
  }

  @Test
  void add_cellMissing_throws() {
    var table = new Table(List.of("NAME", "N"));

    assertThatThrownBy(() -> table.add(List.of("a"))).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cells: [a] (expected: 2 cells)");
  }
}

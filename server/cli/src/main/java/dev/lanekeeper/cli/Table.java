package dev.lanekeeper.cli;

import dev.lanekeeper.api.PlainText;
import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns as wide as their widest cell, under a row of titles. Built by one thread. */
final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /** An empty table with these columns. */
  Table(List<String> titles) {
    rows.add(List.copyOf(titles));
  }

  /**
   * Adds a row. Characters that a terminal would obey are shown as question marks: others wrote these texts.
   *
   * @throws IllegalArgumentException if it does not have a cell for each column
   */
  void add(List<String> cells) {
    if (cells.size() != rows.getFirst().size()) {
      throw new IllegalArgumentException("cells: " + cells + " (expected: " + rows.getFirst().size() + " cells)");
    }
    rows.add(cells.stream().map(PlainText::shown).toList());
  }

  /** Whether no row was added. */
  boolean isEmpty() {
    return rows.size() == 1;
  }

  /** The lines, titles first, without trailing blanks. */
  List<String> lines() {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    var line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length())).append(GAP);
    }
    return line.toString().stripTrailing();
  }
}

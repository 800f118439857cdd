package dev.lanekeeper.perf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a benchmark prints: a table for people and, as the last line, one JSON object for programs. */
public final class Report {

  private final List<String[]> rows = new ArrayList<>();
  private final Map<String, Double> figures = new LinkedHashMap<>();

  /** One row of the table. */
  public void row(String... cells) {
    rows.add(cells);
  }

  /** One figure of the JSON object. */
  public void figure(String name, double value) {
    figures.put(name, value);
  }

  /** Prints both to standard output. */
  @SuppressWarnings("SystemOut") // This is the output.
  public void print() {
    int columns = rows.stream().mapToInt(row -> row.length).max().orElse(0);
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
      }
      System.out.println(line.toString().stripTrailing());
    }
    System.out.println(json());
  }

  private String json() {
    StringBuilder out = new StringBuilder("{");
    figures.forEach((name, value) -> {
      String number = value == Math.rint(value) && Math.abs(value) < 1e15
          ? Long.toString(value.longValue())
          : String.format(Locale.ROOT, "%.4f", value);
      out.append(out.length() > 1 ? "," : "").append('"').append(name).append("\":").append(number);
    });
    return out.append('}').toString();
  }
}

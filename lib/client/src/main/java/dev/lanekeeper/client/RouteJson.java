package dev.lanekeeper.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.RouteTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The route stream's JSON: whole tables, changes, and {@code current}.
 *
 * <p>What is written is UTF-8 without a line break, so that it can stand in one {@code data:} line of an event stream,
 * and equal tables give equal bytes. Readers ignore fields that they do not know, so that versions can differ by one; a
 * field that they know must be there and be right. Numbers are integers from 0 to 2<sup>53</sup> - 1; {@code "to": null}
 * is what has not ended; seals are 8 lower-case hexadecimal digits. A table's {@code revisions} are segments
 * {@code {"first":1,"seals":[...],"times":[...]}} of revisions that follow each other, one for each epoch. A change that has a {@code floor}
 * makes forgotten what had ended by that revision.
 *
 * <p><b>Threads.</b> Stateless; any thread.
 */
public final class RouteJson {

  /** How deep objects and arrays may be nested, unknown ones too. */
  private static final int DEEPEST = 32;

  private static final JsonFactory FACTORY = JsonFactory.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).maxNumberLength(32).build())
      .build();

  private RouteJson() {}

  /**
   * A table with what its writer knew of its age.
   *
   * @param table the table
   * @param asOfMillis of what time it was known to be current, by the store's clock, in ms since 1970; 0 if not known
   */
  public record Snapshot(RouteTable table, long asOfMillis) {}

  /**
   * What is known to be the newest.
   *
   * @param revision the newest revision
   * @param asOfMillis of what time that is true, by the store's clock, in ms since 1970
   */
  public record Current(long revision, long asOfMillis) {}

  /** One thing that writes itself. */
  @FunctionalInterface
  private interface Writing {
    void to(JsonGenerator out) throws IOException;
  }

  /** One thing that is read. */
  @FunctionalInterface
  private interface Reading<T> {
    T from(JsonInput in) throws IOException, RouteFormatException;
  }

  /** A whole table: the body of {@code GET /v1/routes}, and the data of {@code reset}. */
  public static byte[] writeTable(RouteTable table, long asOfMillis) {
    return write(out -> new RouteWriter(out).table(table, asOfMillis));
  }

  /**
   * Reads a whole table.
   *
   * @throws RouteFormatException if this is not one
   */
  public static Snapshot readTable(byte[] json) throws RouteFormatException {
    return read(json, in -> new RouteReader(in).table());
  }

  /** One change: the data of {@code change}. */
  public static byte[] writeChange(Change change) {
    return write(out -> new RouteWriter(out).change(change));
  }

  /**
   * Reads a change.
   *
   * @throws RouteFormatException if this is not one
   */
  public static Change readChange(byte[] json) throws RouteFormatException {
    return read(json, in -> new RouteReader(in).change());
  }

  /** The data of {@code current}, and the body of {@code GET /v1/routes/current}. */
  public static byte[] writeCurrent(Current current) {
    return write(out -> {
      out.writeStartObject();
      out.writeNumberField("revision", current.revision());
      out.writeNumberField("asOf", current.asOfMillis());
      out.writeEndObject();
    });
  }

  /**
   * Reads what is current.
   *
   * @throws RouteFormatException if this is not it
   */
  public static Current readCurrent(byte[] json) throws RouteFormatException {
    return read(json, in -> new RouteReader(in).current());
  }

  private static byte[] write(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      writing.to(out);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static <T> T read(byte[] json, Reading<T> reading) throws RouteFormatException {
    try (JsonInput in = new JsonInput(FACTORY.createParser(json))) {
      T value = reading.from(in);
      in.end();
      return value;
    } catch (IOException e) {
      throw JsonInput.broken(e);
    }
  }
}

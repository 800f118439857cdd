package dev.lanekeeper.client;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lanekeeper.model.Stamp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Values read one after the other from JSON; whatever is not as expected is refused with its place. The first token of a
 * value is the current one when it is read, its last one afterwards.
 *
 * <p><b>Threads.</b> One.
 */
final class JsonInput implements AutoCloseable {

  /** A number that was not there. */
  static final long ABSENT = -1;

  private static final long LARGEST = Stamp.LARGEST_REVISION;

  private final JsonParser parser;

  JsonInput(JsonParser parser) throws IOException {
    this.parser = parser;
    parser.nextToken();
  }

  /** Reads one value. */
  @FunctionalInterface
  interface Element<T> {
    T read() throws IOException, RouteFormatException;
  }

  /** What a broken text is refused with. */
  static RouteFormatException broken(IOException cause) {
    if (!(cause instanceof JacksonException syntax)) {
      return new RouteFormatException("json: " + cause.getMessage() + " (expected: readable bytes)", cause);
    }
    JsonLocation at = syntax.getLocation();
    String place = at == null ? "json" : "line " + at.getLineNr() + ", column " + at.getColumnNr();
    String problem = syntax.getOriginalMessage();
    return new RouteFormatException(place + ": " + RouteFormatException.quoted(problem == null ? "" : problem)
        + " (expected: well-formed JSON)", cause);
  }

  /** Enters an object. */
  void enter() throws RouteFormatException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw unexpected("an object");
    }
  }

  /** The next field of the object that was entered, its value the current token; null at the object's end. */
  @Nullable
  String field() throws IOException {
    String name = parser.nextFieldName();
    if (name == null) {
      return null;
    }
    parser.nextToken();
    return name;
  }

  /** Passes over the current value. */
  void skip() throws IOException {
    parser.skipChildren();
  }

  /** Whether the current value is null. */
  boolean isNull() {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  /** A string. */
  String text() throws IOException, RouteFormatException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw unexpected("a string");
    }
    return parser.getText();
  }

  /** What a string stands for. */
  <T> T parsed(Function<String, T> reader) throws IOException, RouteFormatException {
    String text = text();
    return made(() -> reader.apply(text));
  }

  /** A constant, by its name in lower case. */
  <E extends Enum<E>> E oneOf(Class<E> type) throws IOException, RouteFormatException {
    String text = text();
    for (E constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
        return constant;
      }
    }
    throw unexpected("one of " + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT));
  }

  /** An integer from 0 to 2^53 - 1. */
  long number() throws IOException, RouteFormatException {
    long value = -1;
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      value = parser.getLongValue();
    }
    if (value < 0 || value > LARGEST) {
      throw unexpected("an integer from 0 to " + LARGEST);
    }
    return value;
  }

  /** An integer, or {@code otherwise} for null. */
  long number(long otherwise) throws IOException, RouteFormatException {
    return isNull() ? otherwise : number();
  }

  /** An integer from 0 to 2^31 - 1. */
  int smallNumber() throws IOException, RouteFormatException {
    long value = number();
    if (value > Integer.MAX_VALUE) {
      throw unexpected("an integer from 0 to " + Integer.MAX_VALUE);
    }
    return (int) value;
  }

  /** True or false. */
  boolean flag() throws RouteFormatException {
    if (parser.currentToken() == JsonToken.VALUE_TRUE) {
      return true;
    }
    if (parser.currentToken() != JsonToken.VALUE_FALSE) {
      throw unexpected("true or false");
    }
    return false;
  }

  /** A seal: 8 hexadecimal digits. */
  int seal() throws IOException, RouteFormatException {
    String text = text();
    Stamp stamp = Stamp.parse("1-" + text);
    if (stamp.isNone()) {
      throw unexpected(Stamp.SEAL_DIGITS + " lower-case hexadecimal digits");
    }
    return stamp.seal();
  }

  /** An array. */
  <T> List<T> list(Element<T> element) throws IOException, RouteFormatException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw unexpected("an array");
    }
    List<T> values = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      values.add(element.read());
    }
    return values;
  }

  /** An array or null. */
  <T> @Nullable List<T> listOrNull(Element<T> element) throws IOException, RouteFormatException {
    return isNull() ? null : list(element);
  }

  /** An array of strings. */
  List<String> texts() throws IOException, RouteFormatException {
    return list(this::text);
  }

  /** A field of the object that was just read; it must have been there. */
  <T> T required(String field, @Nullable T value) throws RouteFormatException {
    if (value == null) {
      throw missing(field);
    }
    return value;
  }

  /** A number of the object that was just read; it must have been there. */
  long required(String field, long value) throws RouteFormatException {
    if (value == ABSENT) {
      throw missing(field);
    }
    return value;
  }

  /** What is made of the value that was just read; its refusal by the model becomes ours, with the place. */
  <T> T made(Supplier<T> maker) throws RouteFormatException {
    try {
      return maker.get();
    } catch (IllegalArgumentException e) {
      throw new RouteFormatException(place() + ": " + e.getMessage(), e);
    }
  }

  /** A refusal of the value that was just read. */
  RouteFormatException refused(String problem, String expected) {
    return new RouteFormatException(place() + ": " + problem + " (expected: " + expected + ")");
  }

  /** Nothing may follow. */
  void end() throws IOException, RouteFormatException {
    if (parser.nextToken() != null) {
      throw unexpected("the end of the text");
    }
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }

  private RouteFormatException missing(String field) {
    return new RouteFormatException(place() + ": no field \"" + field + "\" (expected: one)");
  }

  private RouteFormatException unexpected(String expected) {
    return refused(met(), expected);
  }

  private String met() {
    JsonToken token = parser.currentToken();
    if (token == null) {
      return "nothing";
    }
    if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
      return token == JsonToken.START_OBJECT ? "an object" : "an array";
    }
    try {
      String text = parser.getText();
      return token == JsonToken.VALUE_STRING || text.length() > 40 ? RouteFormatException.quoted(text) : text;
    } catch (IOException e) {
      return "a broken value (" + e.getClass().getSimpleName() + ")";
    }
  }

  private String place() {
    String pointer = parser.getParsingContext().pathAsPointer().toString();
    return pointer.isEmpty() ? "/" : pointer;
  }
}

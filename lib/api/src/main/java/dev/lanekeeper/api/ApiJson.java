package dev.lanekeeper.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.stream.Collectors;

/**
 * The JSON of requests and answers, for both ends. Fields that are not known are ignored, so that versions can differ.
 *
 * <p><b>Threads.</b> Any.
 */
public final class ApiJson {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .build();

  private ApiJson() {}

  /** A value as JSON. */
  public static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot be written as JSON: " + value.getClass().getName(), e);
    }
  }

  /** Writes what stands in a text that was {@link #write written} here, as it stands there, with another generator. */
  static void copy(String json, JsonGenerator out) throws IOException {
    try (JsonParser in = MAPPER.createParser(json)) {
      in.nextToken();
      out.copyCurrentStructureExact(in);
    }
  }

  /**
   * Reads a value.
   *
   * @throws ProblemException {@link ProblemCode#MALFORMED_REQUEST} with the field, if it is none
   */
  public static <T> T read(String json, Class<T> type) {
    try {
      T value = MAPPER.readValue(json, type);
      if (value == null) {
        throw ProblemCode.MALFORMED_REQUEST.exception("null (expected: an object)", "send a JSON object");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw malformed(e);
    }
  }

  /**
   * Reads a value of a generic type.
   *
   * @throws ProblemException {@link ProblemCode#MALFORMED_REQUEST} with the field, if it is none
   */
  public static <T> T read(String json, TypeReference<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw malformed(e);
    }
  }

  private static ProblemException malformed(JsonProcessingException e) {
    String field = "body";
    if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      field = mapping.getPath().stream()
          .map(at -> at.getFieldName() == null ? "[" + at.getIndex() + "]" : at.getFieldName())
          .collect(Collectors.joining("."));
    }
    Throwable cause = e.getCause();
    String detail = cause instanceof NullPointerException ? cause.getMessage() + ": missing" : e.getOriginalMessage();
    return new ProblemException(
        ProblemCode.MALFORMED_REQUEST.problem(field, detail, "correct the field and send it again"),
        e);
  }
}

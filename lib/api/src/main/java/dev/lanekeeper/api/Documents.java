package dev.lanekeeper.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads and writes documents, in YAML or JSON (which is YAML).
 *
 * <p>Strict: an unknown key, a key that stands twice, a value of the wrong type is an error with its line. A text that
 * looks like a number must be quoted, so that {@code 0123} and {@code 1e3} stay what was written.
 */
public final class Documents {

  private static final int DEEPEST = 32;
  private static final int LONGEST = 4 << 20;
  private static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).maxDocumentLength(LONGEST).build();
  private static final YAMLFactory YAML =
      YAMLFactory.builder().streamReadConstraints(LIMITS).build();
  private static final JsonFactory JSON = JsonFactory.builder().streamReadConstraints(LIMITS).build();

  private Documents() {}

  /**
   * Reads the documents of a file.
   *
   * @return in the order in which they stand; never empty
   * @throws DocumentException if one is not a document, or there is none
   * @throws IOException if the file cannot be read
   */
  public static List<Document> read(Path file) throws IOException, DocumentException {
    return read(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
  }

  /**
   * Reads documents; several stand between lines of {@code ---}.
   *
   * @param source what the text is called in errors, a file's path say
   * @param text YAML or JSON
   * @return in the order in which they stand; never empty
   * @throws DocumentException if one is not a document, or there is none
   */
  public static List<Document> read(String source, String text) throws DocumentException {
    boolean json = text.stripLeading().startsWith("{");
    List<Document> documents = new ArrayList<>();
    try (JsonParser in = json ? JSON.createParser(text) : YAML.createParser(text)) {
      while (in.nextToken() != null) {
        if (in.currentToken() == JsonToken.VALUE_NULL || (in.currentToken() == JsonToken.VALUE_STRING
            && in.getText().isEmpty())) {
          continue;
        }
        documents.add(DocumentReader.read(source, Node.read(in, source, "")));
      }
    } catch (JsonProcessingException broken) {
      throw syntax(source, broken, json);
    } catch (IOException e) {
      throw new DocumentException(source, 1, "", "cannot be read: " + e.getMessage(), null);
    }
    if (documents.isEmpty()) {
      throw new DocumentException(source, 1, "", "no document (expected: at least one, with a kind)", null);
    }
    return List.copyOf(documents);
  }

  private static DocumentException syntax(String source, JsonProcessingException broken, boolean json) {
    int line = broken.getLocation() == null ? 1 : Math.max(1, broken.getLocation().getLineNr());
    String message = String.valueOf(broken.getOriginalMessage()).lines().findFirst().orElse("");
    return new DocumentException(source, line, "", "not " + (json ? "JSON" : "YAML") + ": " + message,
        "correct the syntax in or just before line " + line);
  }

  /** One document as JSON, in one line; equal documents give equal texts. */
  public static String writeJson(Document document) {
    return DocumentWriter.write(JSON, document);
  }

  /** One document as YAML, beginning with {@code ---}. */
  public static String writeYaml(Document document) {
    return DocumentWriter.write(YAML, document);
  }
}

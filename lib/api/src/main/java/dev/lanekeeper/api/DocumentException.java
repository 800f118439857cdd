package dev.lanekeeper.api;

import org.jspecify.annotations.Nullable;

/** A document that is not one: says where, what was met, what was expected, and what to do. */
public final class DocumentException extends Exception {

  private final String source;
  private final int line;
  private final String field;
  private final String detail;
  private final @Nullable String next;

  DocumentException(String source, int line, String field, String detail, @Nullable String next) {
    super(
        source + ":" + line + ": " + (field.isEmpty() || detail.startsWith(field + ":") ? "" : field + ": ") + detail);
    this.source = source;
    this.line = line;
    this.field = field;
    this.detail = detail;
    this.next = next;
  }

  /** Where the document was read from: a file's path, or what the caller called it. */
  public String source() {
    return source;
  }

  /** The line at fault, from 1. */
  public int line() {
    return line;
  }

  /** The field at fault, {@code overrides.C.redirect}; empty where it is the document itself. */
  public String field() {
    return field;
  }

  /** What was met, and what was expected; without the place. */
  public String detail() {
    return detail;
  }

  /** What to do; null where the message says it all. */
  public @Nullable String next() {
    return next;
  }

  /** The same, as it travels. */
  public Problem problem() {
    return ProblemCode.DOCUMENT_INVALID.problem(field.isEmpty() ? "document" : field, getMessage(),
        next == null ? "correct the document and apply it again; nothing was changed" : next);
  }

  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? detail : message;
  }
}

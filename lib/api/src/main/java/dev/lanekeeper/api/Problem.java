package dev.lanekeeper.api;

import org.jspecify.annotations.Nullable;

/**
 * What went wrong, as it travels (RFC 9457, {@code application/problem+json}).
 *
 * @param type a URI that stands for the code
 * @param title one phrase, the same for the same code
 * @param status the HTTP status
 * @param code the stable code, see {@link ProblemCode}; of a newer control plane it may be one that is not listed there
 * @param detail what was met, and what was expected
 * @param field the field at fault, {@code overrides.C}; null where it is no field
 * @param next what to do
 */
public record Problem(String type, String title, int status, String code, String detail, @Nullable String field,
    @Nullable String next) {

  /** Whether this is a problem of that kind. */
  public boolean is(ProblemCode other) {
    return code.equals(other.code());
  }
}

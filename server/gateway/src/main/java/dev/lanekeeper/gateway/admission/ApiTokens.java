package dev.lanekeeper.gateway.admission;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Tokens that an operator gave out, as their digests: comparing them tells nobody how near he came. One that he takes out of the file is
 * good for a second more.
 *
 * <p><b>Threads.</b> Any.
 */
public final class ApiTokens {

  /** None. */
  public static final ApiTokens NONE = new ApiTokens(List::of);

  private static final int SHORTEST = 16;

  private final Supplier<List<byte[]>> current;

  private ApiTokens(Supplier<List<byte[]>> current) {
    this.current = current;
  }

  /**
   * Reads them: one on each line; empty lines, and those that begin with {@code #}, are none. The file is read again when it changes.
   *
   * @throws IOException if the file cannot be read, or one is too short to be safe
   */
  public static ApiTokens read(Path file) throws IOException {
    return new ApiTokens(new Renewed<>(file, ApiTokens::digests)::get);
  }

  private static List<byte[]> digests(Path file) throws IOException {
    List<byte[]> digests = new ArrayList<>();
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      String token = line.strip();
      if (token.isEmpty() || token.startsWith("#")) {
        continue;
      }
      if (token.length() < SHORTEST) {
        throw new IOException(file + ": line " + number + ": " + token.length() + " characters (expected: at least "
            + SHORTEST + ", random)");
      }
      digests.add(digest(token));
    }
    return digests;
  }

  /** Whether this is one of them. */
  public boolean contains(String token) {
    boolean found = false;
    List<byte[]> digests = current.get();
    byte[] wanted = digests.isEmpty() ? new byte[0] : digest(token);
    for (byte[] digest : digests) {
      found |= MessageDigest.isEqual(digest, wanted);
    }
    return found;
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has it", e);
    }
  }
}

package dev.lanekeeper.cli;

import dev.lanekeeper.api.Durations;
import dev.lanekeeper.gateway.admission.TokenIssuer;
import dev.lanekeeper.model.Tenancy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lanekeeper token}: issues a tenancy token, or makes the key for that. */
@Command(name = "token", description = "Issue a token with which a request may bear a tenancy at the edge, for a short time; or make the key for that.")
final class TokenCommand implements Callable<Integer> {

  @Option(names = "--key", required = true, paramLabel = "FILE", description = "The private key.") private Path key =
      Path.of("");

  @Option(names = "--new-key", paramLabel = "FILE", description = "Make the key, and write the public one there: for `gateway --admit-keys`.") private @Nullable Path newKey;

  @Option(names = "--tenancy", paramLabel = "TENANCY", description = "For which tenancy it is good, or for all below one: shop/testing/*; may stand several times.") private List<String> tenancies =
      new ArrayList<>();

  @Option(names = "--for", paramLabel = "TIME", defaultValue = "1h", description = "How long it is good, up to 24h (default: ${DEFAULT-VALUE}).") private String good =
      "1h";

  @Mixin private Output output = new Output();

  private final Session session;

  TokenCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try {
      Path publicKey = newKey;
      if (publicKey != null) {
        TokenIssuer.makeKey(key, publicKey);
        output.show(session.screen(), () -> Json.of(Map.of("key", key.toString(), "public", publicKey.toString())),
            () -> session.screen().line("the private key is in " + key + ", the public one in " + publicKey));
        return ExitCode.OK;
      }
      String token = TokenIssuer.read(key).issue(checked(), time(), System.currentTimeMillis());
      output.show(session.screen(), () -> Json.of(Map.of("token", token)), () -> session.screen().line(token));
      return ExitCode.OK;
    } catch (IOException unusable) {
      throw new UsageException("--key: " + unusable.getMessage());
    } catch (IllegalArgumentException malformed) {
      throw new UsageException("--" + malformed.getMessage());
    }
  }

  private List<String> checked() {
    for (String tenancy : tenancies) {
      try {
        new Tenancy(tenancy.endsWith("/*") ? tenancy.substring(0, tenancy.length() - 2) : tenancy);
      } catch (IllegalArgumentException malformed) {
        throw new UsageException("--" + malformed.getMessage());
      }
    }
    return tenancies;
  }

  private Duration time() {
    try {
      return Durations.parse(good);
    } catch (IllegalArgumentException malformed) {
      throw new UsageException("--for: " + good + " (expected: " + Durations.EXPECTED + ")");
    }
  }
}

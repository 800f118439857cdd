package dev.lanekeeper.gateway.admission;

import dev.lanekeeper.model.Tag;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose tenancies count at the edge.
 *
 * @param networks whoever comes from one of these may bear any
 * @param tokens that the operator gave out; who bears one may bear any tenancy
 * @param keys by which signed tokens are verified
 * @param strangers what becomes of a tagged request of anybody else
 */
public record Admission(List<Network> networks, ApiTokens tokens, TokenVerifier keys, Strangers strangers) {

  /** The field that bears a token. It is taken out at the edge. */
  public static final String FIELD = "lanekeeper-token";

  /** This machine only. */
  public static final Admission LOOPBACK = new Admission(List.of(Network.of("127.0.0.0/8"), Network.of("::1/128")),
      ApiTokens.NONE, TokenVerifier.NONE, Strangers.REFUSED);

  /** What becomes of a tagged request that is not admitted. */
  public enum Strangers {
    /** It is refused: a test that has lost its token acts on nothing. */
    REFUSED,
    /** Its tag is taken out, and it is served as what it is: a request of the public. */
    UNTAGGED
  }

  /** Copies the list. */
  public Admission {
    networks = List.copyOf(networks);
  }

  /** Whether an address is of a network from which everybody is admitted. */
  public boolean isOf(InetAddress from) {
    for (Network network : networks) {
      if (network.contains(from)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether somebody may bear a tag.
   *
   * @param token that he bears; null if none
   * @return null if he may; else why not, for people
   */
  public @Nullable String refusal(InetAddress from, @Nullable String token, Tag tag, long nowMillis) {
    if (isOf(from)) {
      return null;
    }
    if (token == null) {
      return "no " + FIELD + " (expected: one, since it does not come from a network that is admitted)";
    }
    if (tokens.contains(token)) {
      return null;
    }
    return keys.refusal(token, tag, nowMillis);
  }
}

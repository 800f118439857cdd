package dev.lanekeeper.api;

import dev.lanekeeper.model.Environment;
import dev.lanekeeper.model.Policy;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.WireNames;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code kind: Environment}: what holds for the whole environment. There is one.
 *
 * @param profile {@code staging} or {@code production}; gives the policy where none is written
 * @param suffixes names under these suffixes are inside the environment
 * @param policy what happens when there is no plain answer
 * @param names under which names tag and stamp travel
 * @param redirects where overrides may be redirected to by hand; see {@link #LOOPBACK}
 * @param mocks where the gateway is that serves the mocks; null: there is none
 */
public record EnvironmentDocument(String profile, List<String> suffixes, Policy policy, WireNames names,
    List<String> redirects, @Nullable URI mocks) implements Document {

  /** {@code Environment}. */
  public static final String KIND = "Environment";
  /** The key of the only document of this kind. */
  public static final String KEY = "environment";
  /** Where redirects may lead unless the document says otherwise: this machine. */
  public static final List<String> LOOPBACK = List.of("127.0.0.0/8", "::1/128", "localhost");
  /** What holds before a document was applied. */
  public static final EnvironmentDocument STAGING =
      new EnvironmentDocument("staging", List.of(), Policy.STAGING, WireNames.STANDARD, LOOPBACK);

  /** One without mocks. */
  public EnvironmentDocument(String profile, List<String> suffixes, Policy policy, WireNames names,
      List<String> redirects) {
    this(profile, suffixes, policy, names, redirects, null);
  }

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if an entry of the allow-list is malformed, or a name of a header or baggage member
   *     cannot carry a tenancy
   */
  public EnvironmentDocument {
    suffixes = new Environment(0, profile, policy, suffixes, names).suffixes();
    redirects = List.copyOf(redirects);
    AllowList.of(redirects);
    CarrierNames.check(names);
  }

  /** What data planes need to know of it, from a revision on. */
  public Environment environment(long from) {
    return new Environment(from, profile, policy, suffixes, names, mocks);
  }

  /** What becomes of messages that an ended override left, where its tenant does not say. */
  public Residue usualResidue() {
    return profile.equals("production") ? Residue.QUARANTINE : Residue.DISCARD;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String key() {
    return KEY;
  }
}

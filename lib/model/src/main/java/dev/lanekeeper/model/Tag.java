package dev.lanekeeper.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a request is tagged with: a tenancy or a combination of several ({@code a+b}: the overrides of {@code a}, then of
 * {@code b} for services that {@code a} leaves alone), and for single services the tenant whose workload is wanted.
 *
 * <p>Immutable. {@link #NONE} is no tag; {@link #MALFORMED} is a tag that nobody can have registered.
 */
public final class Tag {

  /** No tag: the request is untagged. */
  public static final Tag NONE = new Tag(null, Map.of(), false);
  /** A tag that could not be read: treated as never registered. It goes on as {@link #MALFORMED_TEXT}. */
  public static final Tag MALFORMED = new Tag(null, Map.of(), true);
  /** How a malformed tag is written: no tenancy, so that the next hop finds it malformed too, and never untagged. */
  public static final String MALFORMED_TEXT = "!";
  /** Most tenancies of one combination. */
  public static final int MOST_TENANCIES = TenancyKey.MOST_COMPONENTS;
  /** Most single-service overrides of one tag. */
  public static final int MOST_OVERRIDES = 32;

  private final @Nullable TenancyKey key;
  private final Map<ServiceName, TenancyKey> overrides;
  private final boolean malformed;
  /** Made when it is asked for; whoever makes it makes the same. */
  private @Nullable String text;

  private Tag(@Nullable TenancyKey key, Map<ServiceName, TenancyKey> overrides, boolean malformed) {
    this.key = key;
    this.overrides = overrides;
    this.malformed = malformed;
  }

  static Tag of(@Nullable TenancyKey key, Map<ServiceName, TenancyKey> overrides) {
    return key == null && overrides.isEmpty() ? NONE : new Tag(key, overrides, false);
  }

  /**
   * Reads a tenancy or combination, percent-encoded or not.
   *
   * @throws MalformedTagException if it is neither
   */
  public static Tag of(String tenancies) {
    return of(tenancies, null);
  }

  /**
   * Reads a tag.
   *
   * @param tenancies a tenancy or combination, percent-encoded or not; null if there is none
   * @param overrides {@code B:123&C:feature/x}; null if there are none
   * @throws MalformedTagException if either does not have its form
   */
  public static Tag of(@Nullable String tenancies, @Nullable String overrides) {
    TenancyKey key = null;
    if (tenancies != null) {
      key = TenancyKey.of(tenancies);
      if (key == null) {
        throw new MalformedTagException("tenancy: " + Quoted.of(tenancies) + " (expected: " + Tenancy.EXPECTED
            + "; or up to " + MOST_TENANCIES + " of these joined by '+')");
      }
    }
    Map<ServiceName, TenancyKey> wanted = overrides == null ? Map.of() : overridesOf(overrides);
    if (wanted == null) {
      throw new MalformedTagException("tenancy-overrides: " + Quoted.of(String.valueOf(overrides))
          + " (expected: SERVICE:TENANCY joined by '&', at most " + MOST_OVERRIDES + ")");
    }
    return of(key, wanted);
  }

  /** Reads single-service overrides, percent-encoded or not; null if malformed. */
  static @Nullable Map<ServiceName, TenancyKey> overridesOf(String text) {
    String decoded = Percent.decoded(text);
    // What was decoded once is not decoded again.
    if (decoded == null || decoded.indexOf('%') >= 0) {
      return null;
    }
    Map<ServiceName, TenancyKey> overrides = new TreeMap<>();
    for (String member : decoded.split("&", -1)) {
      int colon = member.indexOf(':');
      TenancyKey tenancy = colon < 0 ? null : TenancyKey.of(member.substring(colon + 1));
      if (tenancy == null || tenancy.components != 1 || !ServiceName.isWellFormed(member.substring(0, colon))) {
        return null;
      }
      overrides.put(ServiceName.of(member.substring(0, colon)), tenancy);
      if (overrides.size() > MOST_OVERRIDES) {
        return null;
      }
    }
    return overrides;
  }

  /** Whether there is no tag at all. */
  public boolean isNone() {
    return key == null && overrides.isEmpty() && !malformed;
  }

  /** Whether there was a tag that could not be read. */
  public boolean isMalformed() {
    return malformed;
  }

  @Nullable
  TenancyKey key() {
    return key;
  }

  Map<ServiceName, TenancyKey> overrideKeys() {
    return overrides;
  }

  /** The tenancies of the combination in their order; empty where there are only single-service overrides. */
  public List<Tenancy> tenancies() {
    List<Tenancy> tenancies = new ArrayList<>();
    for (int c = 0; key != null && c < key.components; c++) {
      tenancies.add(new Tenancy(key.componentText(c)));
    }
    return tenancies;
  }

  /** Whose workloads are wanted for single services; empty where there are no such overrides. */
  public List<Tenancy> overrideTenancies() {
    return overrides.values().stream().map(tenancy -> new Tenancy(tenancy.text())).toList();
  }

  /** The tenancy or combination in normal form, {@code a+b}; empty where there is none, {@link #MALFORMED_TEXT} if malformed. */
  public String text() {
    String known = text;
    if (known == null) {
      known = malformed ? MALFORMED_TEXT : key == null ? "" : key.text();
      text = known;
    }
    return known;
  }

  /** The single-service overrides in normal form, by service; empty where there are none. */
  public String overridesText() {
    if (overrides.isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    overrides.forEach((service, tenancy) -> out.append(out.isEmpty() ? "" : "&").append(service.text()).append(':')
        .append(tenancy.text()));
    return out.toString();
  }

  private Map<ServiceName, String> overrideTexts() {
    if (overrides.isEmpty()) {
      return Map.of();
    }
    Map<ServiceName, String> texts = new TreeMap<>();
    overrides.forEach((service, tenancy) -> texts.put(service, tenancy.text()));
    return texts;
  }

  /** Equal tags have the same owner wherever they are asked for: tenancies are compared as written, services without case. */
  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof Tag that && malformed == that.malformed && text().equals(that.text())
        && overrideTexts().equals(that.overrideTexts()));
  }

  @Override
  public int hashCode() {
    return 31 * text().hashCode() + overrideTexts().hashCode();
  }

  @Override
  public String toString() {
    if (isNone() || isMalformed()) {
      return isNone() ? "untagged" : "malformed";
    }
    String tenancies = text();
    return overrides.isEmpty() ? tenancies : tenancies + "[" + overridesText() + "]";
  }
}

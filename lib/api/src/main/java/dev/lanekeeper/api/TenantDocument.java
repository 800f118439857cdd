package dev.lanekeeper.api;

import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code kind: Tenant}: what is registered under a tenancy.
 *
 * @param tenancy under which it is registered
 * @param ttl after how long without being applied again it is deleted; null: never
 * @param overrides which services it overrides, and by what
 * @param residue what becomes of the messages that its overrides owned and did not process when they ended; null: what is
 *     usual in the profile of the environment. An override keeps the one that it began with
 * @param labels for people and scripts; no meaning of their own
 */
public record TenantDocument(Tenancy tenancy, @Nullable Duration ttl, Map<ServiceName, Target> overrides,
    @Nullable Residue residue, Map<String, String> labels) implements Document {

  /** {@code Tenant}. */
  public static final String KIND = "Tenant";

  private static final int MOST_LABELS = 64;
  private static final int LONGEST_LABEL = 256;

  /**
   * Copies the maps, sorted.
   *
   * @throws IllegalArgumentException if the time to live is not positive, or a label is too long or not plain
   */
  public TenantDocument {
    if (ttl != null && (ttl.isZero() || ttl.isNegative())) {
      throw new IllegalArgumentException("ttl: " + ttl + " (expected: a positive duration)");
    }
    if (labels.size() > MOST_LABELS) {
      throw new IllegalArgumentException(
          "labels: " + labels.size() + " of them (expected: at most " + MOST_LABELS + ")");
    }
    labels.forEach((key, value) -> {
      PlainText.check("labels", key, LONGEST_LABEL);
      PlainText.check("labels." + key, value, LONGEST_LABEL);
    });
    overrides = Collections.unmodifiableMap(new TreeMap<>(overrides));
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String key() {
    return tenancy.text();
  }
}

package dev.lanekeeper.api;

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
 * @param labels for people and scripts; no meaning of their own
 */
public record TenantDocument(Tenancy tenancy, @Nullable Duration ttl, Map<ServiceName, Target> overrides,
    Map<String, String> labels) implements Document {

  /** {@code Tenant}. */
  public static final String KIND = "Tenant";

  /**
   * Copies the maps, sorted.
   *
   * @throws IllegalArgumentException if the time to live is not positive
   */
  public TenantDocument {
    if (ttl != null && (ttl.isZero() || ttl.isNegative())) {
      throw new IllegalArgumentException("ttl: " + ttl + " (expected: a positive duration)");
    }
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

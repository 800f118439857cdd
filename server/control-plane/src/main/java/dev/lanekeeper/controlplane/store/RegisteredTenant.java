package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.TenantDocument;
import org.jspecify.annotations.Nullable;

/**
 * A tenant that is registered.
 *
 * @param document as it was applied
 * @param from the revision with which it began
 * @param expiresAtMillis when it is deleted unless it is applied again, ms since 1970; null: never
 */
public record RegisteredTenant(TenantDocument document, long from, @Nullable Long expiresAtMillis) {}

package dev.lanekeeper.api;

import org.jspecify.annotations.Nullable;

/**
 * A data plane that reports.
 *
 * @param id of the process
 * @param ageMillis how long ago it last reported
 * @param behind how many revisions it has yet to apply
 * @param tableAgeMillis how long before its last report its table was known to be current; null: it has none, or one from its disk that
 *     nobody has confirmed
 * @param report what it said
 */
public record DataPlaneInfo(String id, long ageMillis, long behind, @Nullable Long tableAgeMillis,
    DataPlaneReport report) {}

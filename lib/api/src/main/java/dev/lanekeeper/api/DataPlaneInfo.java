package dev.lanekeeper.api;

/**
 * A data plane that reports.
 *
 * @param id of the process
 * @param ageMillis how long ago it last reported
 * @param behind how many revisions it has yet to apply
 * @param report what it said
 */
public record DataPlaneInfo(String id, long ageMillis, long behind, DataPlaneReport report) {}

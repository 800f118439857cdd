package dev.lanekeeper.api;

/**
 * A tenant that was ended.
 *
 * @param tenancy under which it was registered
 * @param revision with which it ended
 * @param operation the id of the operation that removes its consumer groups; its state tells when they are gone
 */
public record Deleted(String tenancy, long revision, String operation) {}

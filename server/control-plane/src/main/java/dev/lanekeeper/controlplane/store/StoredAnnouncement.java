package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.model.Incarnation;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * An instance of a workload under test.
 *
 * @param instance the id of its process
 * @param incarnation the override that it belongs to, for its life
 * @param workload the name of its workload
 * @param address where it serves; null: nowhere
 */
public record StoredAnnouncement(String instance, Incarnation incarnation, String workload, @Nullable URI address) {}

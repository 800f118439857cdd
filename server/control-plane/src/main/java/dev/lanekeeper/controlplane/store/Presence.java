package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.DataPlaneReport;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which processes were heard of lately, by any control plane of this store, and what they said. Who has been silent for
 * {@link #SILENCE} is gone.
 *
 * <p><b>Threads.</b> Any; may block.
 */
public interface Presence {

  /** After how long without a word a process is gone. */
  Duration SILENCE = Duration.ofSeconds(10);

  /**
   * A process that was heard of.
   *
   * @param report what it said last; null: only that it is there
   * @param ageMillis how long ago
   */
  record Heard(@Nullable DataPlaneReport report, long ageMillis) {}

  /**
   * Notes that a process was heard.
   *
   * @param id who
   * @param report what it said; null: only that it is there
   * @throws StoreException if that cannot be noted
   */
  void heard(String id, @Nullable DataPlaneReport report);

  /**
   * Who is there, by id.
   *
   * @throws StoreException if that cannot be told
   */
  Map<String, Heard> present();

  /**
   * Whether nobody could be heard for a while, until a moment ago: silence then says nothing yet about who is there.
   *
   * @throws StoreException if that cannot be told
   */
  boolean isDeaf();

  /**
   * Forgets who is gone. To be called again and again: for as long as nobody does, nobody can be heard.
   *
   * @throws StoreException if the store cannot be written
   */
  void tend();
}

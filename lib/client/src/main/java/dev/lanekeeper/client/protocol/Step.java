package dev.lanekeeper.client.protocol;

import java.util.List;

/**
 * What comes of an event.
 *
 * @param state the next state
 * @param effects what is to be done, in this order
 */
public record Step(ProtocolState state, List<Effect> effects) {

  /** Copies the list. */
  public Step {
    effects = List.copyOf(effects);
  }
}

package dev.lanekeeper.controlplane.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jdbi.v3.core.Handle;

/** What is done with connections of every kind. */
final class Connections {

  private static final Logger LOG = System.getLogger(Connections.class.getName());

  private Connections() {}

  /** Closes one that is given up: whatever it says to that changes nothing. */
  static void close(Handle given) {
    try {
      given.close();
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "a connection that was given up does not close", e);
    }
  }
}

package dev.lanekeeper.gateway.mocks;

import dev.lanekeeper.model.Incarnation;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where the stubs of mocks are read. */
@FunctionalInterface
public interface StubSource {

  /**
   * The stubs of a mock, which never change: JSON, a list of stub mappings. Blocks.
   *
   * @return null if there is no such mock
   * @throws IOException if they cannot be had now
   */
  @Nullable
  String stubs(Incarnation mock) throws IOException;
}

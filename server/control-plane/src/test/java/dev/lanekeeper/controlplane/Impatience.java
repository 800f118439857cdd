package dev.lanekeeper.controlplane;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a test waits for is looked at every few milliseconds, not ten times in a second: most of it is there within one, and simulated time passes
 * by a step at each look. Found by its entry under {@code META-INF/services}.
 */
public final class Impatience implements BeforeAllCallback {

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultPollInterval(Duration.ofMillis(10));
  }
}

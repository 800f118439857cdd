package dev.lanekeeper.agent.kafkaguard;

import dev.lanekeeper.boot.Gated;
import net.bytebuddy.asm.Advice;

/** {@code subscribe} and {@code assign}. Without {@code suppress}: what is thrown is meant for the application. */
final class GuardAdvice {

  private GuardAdvice() {}

  @Advice.OnMethodEnter
  static void enter(@Advice.This Object consumer) {
    Gated.require(consumer);
  }
}

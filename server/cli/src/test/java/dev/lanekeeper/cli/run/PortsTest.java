package dev.lanekeeper.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {

  @Test
  void awaitAccepting_somebodyListens_isTrue() throws IOException, InterruptedException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(Ports.awaitAccepting(socket.getLocalPort(), () -> false)).isTrue();
    }
  }

  @Test
  void awaitAccepting_nobodyListensAndGivenUp_isFalse() throws IOException, InterruptedException {
    assertThat(Ports.awaitAccepting(Ports.free(), () -> false)).isFalse();
  }

  @Test
  void free_askedOften_neverGivesAPortTwice() throws IOException {
    Set<Integer> given = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      assertThat(given.add(Ports.free())).isTrue();
    }
  }

  @Test
  void free_always_isNoPortThatConnectionsGetByThemselves() throws IOException {
    assertThat(Ports.free()).isBetween(20_000, 32_767);
  }
}

package dev.lanekeeper.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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
}

package dev.lanekeeper.gateway.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.Timeouts;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hosts that are named: by a name server that says what the test wants. */
class NamesTest {

  private static final int ADDRESS = 1;

  @SuppressWarnings("NullAway.Init") private DatagramSocket names;
  @SuppressWarnings("NullAway.Init") private GatewayServer gateway;
  private volatile byte[] answer = {127, 0, 0, 1};

  @BeforeEach
  void start() throws IOException {
    names = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
    gateway = GatewayServer.of(1, Timeouts.STANDARD, Limits.STANDARD, TargetGuard.PRIVATE, ClientTls.of(null),
        (InetSocketAddress) names.getLocalSocketAddress());
  }

  @AfterEach
  void stop() {
    gateway.close(Duration.ofMillis(100));
    names.close();
  }

  /** Answers each question for an address with the one that is set (RFC 1035, section 4.1), any other with none. */
  private void serve() {
    byte[] buffer = new byte[512];
    while (!names.isClosed()) {
      DatagramPacket question = new DatagramPacket(buffer, buffer.length);
      try {
        names.receive(question);
        byte[] asked = Arrays.copyOf(buffer, end(buffer));
        boolean address = asked[asked.length - 3] == ADDRESS;
        ByteBuffer reply = ByteBuffer.allocate(512).put(asked);
        if (address) {
          reply.putShort((short) 0xc00c).putShort((short) ADDRESS).putShort((short) 1).putInt(0).putShort((short) 4)
              .put(answer);
        }
        reply.putShort(2, (short) 0x8180).putShort(6, (short) (address ? 1 : 0)).putInt(8, 0);
        names.send(new DatagramPacket(reply.array(), reply.position(), question.getSocketAddress()));
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** Behind the one question: its name, type and class. */
  private static int end(byte[] message) {
    int at = 12;
    while (message[at] != 0) {
      at += message[at] + 1;
    }
    return at + 5;
  }

  private RawClient.Response ask(FakeRoutes routes, String host, String... headers) throws IOException {
    InetSocketAddress at = gateway.listen(new Listener(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        FakeRoutes.egress(routes, null)));
    try (RawClient client = new RawClient(at)) {
      return client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n" + String.join("", headers) + "\r\n").receive();
    }
  }

  @Test
  void host_isAskedFor_andReached() throws IOException {
    try (Origin baseline = Origin.named("baseline")) {
      FakeRoutes routes = FakeRoutes.withWorkloadAt("b.test", baseline.root());

      assertThat(ask(routes, "other.test:" + baseline.port()).body()).isEqualTo("baseline");
    }
  }

  /** It was allowed when the tenant was applied; now it leads to where a cloud keeps its credentials. */
  @Test
  void redirect_whoseNameLeadsElsewhereByNow_isNotFollowed() throws IOException {
    try (Origin underTest = Origin.of((in, out) -> {
      Origin.head(in);
      out.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\nunder test"
          .getBytes(StandardCharsets.US_ASCII));
    })) {
      FakeRoutes routes = FakeRoutes.withWorkloadAt("b.test", "http://moving.test:" + underTest.port());
      assertThat(ask(routes, "b.test", "X-Tenancy-ID: 123\r\n").body()).isEqualTo("under test");

      answer = new byte[]{(byte) 169, (byte) 254, (byte) 169, (byte) 254};

      RawClient.Response response = ask(routes, "b.test", "X-Tenancy-ID: 123\r\n");

      assertThat(response.status()).isEqualTo(502);
      assertThat(response.body()).contains("169.254.169.254 is no address that a tenant may name");
    }
  }
}

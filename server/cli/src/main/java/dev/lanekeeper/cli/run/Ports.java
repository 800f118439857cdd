package dev.lanekeeper.cli.run;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Ports of this machine's loopback address. */
public final class Ports {
  private static final int CONNECT_MILLIS = 500;
  private static final Duration PAUSE = Duration.ofMillis(50);

  private Ports() {}

  /**
   * A port that nobody listens on now.
   *
   * @throws IOException if there is none
   */
  public static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Whether somebody accepts connections there. */
  public static boolean accepts(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  /**
   * Waits until somebody accepts connections there.
   *
   * @param goOn asked again and again; false gives up
   * @return whether somebody does
   * @throws InterruptedException if the thread is interrupted
   */
  public static boolean awaitAccepting(int port, BooleanSupplier goOn) throws InterruptedException {
    while (!accepts(port)) {
      if (!goOn.getAsBoolean()) {
        return false;
      }
      Thread.sleep(PAUSE);
    }
    return true;
  }
}

package dev.lanekeeper.cli.run;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

/** Ports of this machine's loopback address. */
public final class Ports {
  private static final int CONNECT_MILLIS = 500;
  private static final Duration PAUSE = Duration.ofMillis(50);

  /** Ports that no system here gives to a connection by itself: Linux does from 32768 on, others from 49152. */
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_767;
  private static final int TRIES = 200;
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private Ports() {}

  /**
   * A port that nobody listens on now, and that this process has not been given before: whoever is to listen there may take a while
   * until it does. A connection that goes out meanwhile does not get it either, as it could a port chosen by the system.
   *
   * @throws IOException if none is found
   */
  public static int free() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST + 1);
      if (!GIVEN.contains(port) && binds(port) && GIVEN.add(port)) {
        return port;
      }
    }
    throw new IOException("no free port in " + LOWEST + " to " + HIGHEST + " of 127.0.0.1 after " + TRIES + " tries");
  }

  private static boolean binds(int port) {
    try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
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

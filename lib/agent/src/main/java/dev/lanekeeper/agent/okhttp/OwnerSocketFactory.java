package dev.lanekeeper.agent.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Objects;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** Makes sockets that connect to the owner, whatever they are asked to connect to. */
public final class OwnerSocketFactory extends SocketFactory {

  private final Destination destination;

  /** Sockets to this owner. */
  public OwnerSocketFactory(Destination destination) {
    this.destination = destination;
  }

  @Override
  public Socket createSocket() {
    return new OwnerSocket(destination);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(null);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
    return connected(new InetSocketAddress(localHost, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(null);
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return connected(new InetSocketAddress(localAddress, localPort));
  }

  private Socket connected(@Nullable InetSocketAddress local) throws IOException {
    Socket socket = createSocket();
    if (local != null) {
      socket.bind(local);
    }
    socket.connect(destination.peer(null));
    return socket;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OwnerSocketFactory that && destination.equals(that.destination);
  }

  @Override
  public int hashCode() {
    return Objects.hash(destination);
  }

  /** A socket to the owner. */
  static final class OwnerSocket extends Socket {

    private final Destination destination;

    OwnerSocket(Destination destination) {
      this.destination = destination;
    }

    @Override
    public void connect(SocketAddress asked, int timeoutMillis) throws IOException {
      InetAddress address = asked instanceof InetSocketAddress inet ? inet.getAddress() : null;
      super.connect(destination.peer(address), timeoutMillis);
    }
  }
}

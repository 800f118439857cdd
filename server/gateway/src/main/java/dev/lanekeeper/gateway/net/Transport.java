package dev.lanekeeper.gateway.net;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/**
 * How the system is asked for events.
 *
 * @param name for people
 * @param handlers of event loops
 * @param server of listeners
 * @param client of connections to servers
 * @param datagram of questions for names
 */
record Transport(String name, IoHandlerFactory handlers, Class<? extends ServerChannel> server,
    Class<? extends Channel> client, Class<? extends DatagramChannel> datagram) {

  /** The system's own where there is one, or Java's. */
  static Transport best() {
    return Epoll.isAvailable()
        ? new Transport("epoll", EpollIoHandler.newFactory(), EpollServerSocketChannel.class, EpollSocketChannel.class,
            EpollDatagramChannel.class)
        : new Transport("nio", NioIoHandler.newFactory(), NioServerSocketChannel.class, NioSocketChannel.class,
            NioDatagramChannel.class);
  }
}

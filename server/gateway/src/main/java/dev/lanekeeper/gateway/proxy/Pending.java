package dev.lanekeeper.gateway.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/** What was written, and has not been taken. */
public final class Pending {

  private Pending() {}

  /** How many bytes wait in a channel: fewer than before, and the other side has taken some. */
  public static long bytes(Channel channel) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? channel.bytesBeforeWritable() : buffer.totalPendingWriteBytes();
  }
}

package dev.lanekeeper.gateway.admission;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Arrays;

/** A range of addresses, {@code 10.0.0.0/8}. */
public final class Network {

  private static final int V4_BYTES = 4;
  private static final int MAPPED_AT = 12;

  private final byte[] base;
  private final int bits;
  private final String text;

  private Network(byte[] base, int bits, String text) {
    this.base = base;
    this.bits = bits;
    this.text = text;
  }

  /**
   * Reads a range, or one address.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static Network of(String text) {
    int slash = text.indexOf('/');
    byte[] base = NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
    int bits = base == null ? -1 : slash < 0 ? 8 * base.length : number(text.substring(slash + 1));
    if (base == null || bits < 0 || bits > 8 * base.length) {
      throw new IllegalArgumentException("network: '" + text + "' (expected: 10.0.0.0/8, fd00::/8, or an address)");
    }
    return new Network(base, bits, text);
  }

  private static int number(String text) {
    return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
  }

  /** Whether an address is in it. An IPv4 address that is written as one of IPv6 is the IPv4 address. */
  public boolean contains(InetAddress address) {
    byte[] other = plain(address.getAddress());
    if (other.length != base.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit & 7);
      if ((base[bit >> 3] & mask) != (other[bit >> 3] & mask)) {
        return false;
      }
    }
    return true;
  }

  private static byte[] plain(byte[] address) {
    boolean mapped = address.length == MAPPED_AT + V4_BYTES && address[10] == -1 && address[11] == -1;
    for (int i = 0; mapped && i < 10; i++) {
      mapped = address[i] == 0;
    }
    return mapped ? Arrays.copyOfRange(address, MAPPED_AT, address.length) : address;
  }

  @Override
  public String toString() {
    return text;
  }
}

package dev.lanekeeper.model;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells addresses that do not leave an organisation's own networks (RFC 1122, 1918, 3927, 4193, 4291, 6598) from public
 * ones.
 */
final class PrivateAddress {

  private static final Pattern GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");

  private PrivateAddress() {}

  /** Whether this literal is such an address; null if it is no address but a name. */
  static @Nullable Boolean isPrivate(String literal) {
    if (literal.indexOf(':') >= 0) {
      return isPrivateV6(literal);
    }
    int[] octets = octets(literal);
    return octets == null ? null : isPrivateV4(octets);
  }

  private static boolean isPrivateV4(int[] o) {
    return o[0] == 0 || o[0] == 10 || o[0] == 127 || (o[0] == 172 && o[1] >= 16 && o[1] < 32)
        || (o[0] == 192 && o[1] == 168)
        || (o[0] == 169 && o[1] == 254) || (o[0] == 100 && o[1] >= 64 && o[1] < 128);
  }

  private static int @Nullable [] octets(String literal) {
    String[] parts = literal.split("\\.", -1);
    if (parts.length != 4) {
      return null;
    }
    int[] octets = new int[4];
    for (int i = 0; i < 4; i++) {
      if (parts[i].isEmpty() || parts[i].length() > 3 || !parts[i].chars().allMatch(c -> c >= '0' && c <= '9')) {
        return null;
      }
      octets[i] = Integer.parseInt(parts[i]);
      if (octets[i] > 255) {
        return null;
      }
    }
    return octets;
  }

  private static boolean isPrivateV6(String literal) {
    int zone = literal.indexOf('%');
    int[] groups = groups(zone < 0 ? literal : literal.substring(0, zone));
    if (groups == null) {
      return false;
    }
    boolean zeros = groups[0] == 0 && groups[1] == 0 && groups[2] == 0 && groups[3] == 0 && groups[4] == 0;
    if (zeros && groups[5] == 0xffff) {
      return isPrivateV4(new int[]{groups[6] >> 8, groups[6] & 0xff, groups[7] >> 8, groups[7] & 0xff});
    }
    // :: and ::1, fc00::/7, fe80::/10
    return (zeros && groups[5] == 0 && groups[6] == 0 && groups[7] <= 1) || groups[0] >> 9 == 0xfc00 >> 9
        || groups[0] >> 6 == 0xfe80 >> 6;
  }

  /** The eight groups of an IPv6 address (RFC 4291, section 2.2); null if it is none. */
  private static int @Nullable [] groups(String address) {
    int gap = address.indexOf("::");
    List<Integer> head = halves(gap < 0 ? address : address.substring(0, gap));
    List<Integer> tail = halves(gap < 0 ? "" : address.substring(gap + 2));
    if (head == null || tail == null) {
      return null;
    }
    int given = head.size() + tail.size();
    if (gap < 0 ? given != 8 : given > 7) {
      return null;
    }
    int[] groups = new int[8];
    for (int i = 0; i < head.size(); i++) {
      groups[i] = head.get(i);
    }
    for (int i = 0; i < tail.size(); i++) {
      groups[8 - tail.size() + i] = tail.get(i);
    }
    return groups;
  }

  /** The groups on one side of the gap, of which the last may be an IPv4 address; null if one is none. */
  private static @Nullable List<Integer> halves(String side) {
    List<Integer> groups = new ArrayList<>();
    if (side.isEmpty()) {
      return groups;
    }
    for (String group : side.split(":", -1)) {
      int[] octets = octets(group);
      if (octets != null) {
        groups.add(octets[0] << 8 | octets[1]);
        groups.add(octets[2] << 8 | octets[3]);
      } else if (GROUP.matcher(group).matches()) {
        groups.add(Integer.parseInt(group, 16));
      } else {
        return null;
      }
    }
    return groups;
  }
}

package dev.lanekeeper.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.testkit.Seeded;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Eight bytes at a time are what one at a time would be. */
class BytesTest {

  private static final int ROUNDS = 20_000;

  private static byte[] bytes(Seeded random) {
    byte[] bytes = new byte[random.below(45)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (random.oneIn(3) ? random.anyInt() : random.charOf("ab,=%"));
    }
    return bytes;
  }

  @Test
  void indexOf_random_isTheFirst() {
    Seeded random = Seeded.of("indexOf_random_isTheFirst");
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = bytes(random);
      int from = random.below(bytes.length + 1);
      int end = from + random.below(bytes.length - from + 1);
      char wanted = random.charOf(",=a");
      int naive = from;
      while (naive < end && bytes[naive] != wanted) {
        naive++;
      }
      assertThat(Bytes.indexOf(bytes, from, end, wanted)).isEqualTo(naive);
    }
  }

  @Test
  void hashAndEquals_elsewhere_areTheSame() {
    Seeded random = Seeded.of("hashAndEquals_elsewhere_areTheSame");
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = bytes(random);
      int shift = random.below(9);
      byte[] elsewhere = Arrays.copyOf(bytes(random), 60);
      System.arraycopy(bytes, 0, elsewhere, shift, bytes.length);
      int end = shift + bytes.length;
      assertThat(Bytes.hash(elsewhere, shift, end)).isEqualTo(Bytes.hash(bytes, 0, bytes.length));
      assertThat(Bytes.equals(elsewhere, shift, end, bytes)).isTrue();
      if (bytes.length > 0) {
        elsewhere[shift + random.below(bytes.length)] ^= 1;
        assertThat(Bytes.equals(elsewhere, shift, end, bytes)).isFalse();
      }
    }
  }

  /** Hashes that collide are so rare that no other test meets them: here every name is given the hash of the node. */
  @Test
  void node_sameHash_isTheOneOfItsNameOnly() {
    for (int length = 1; length <= 40; length++) {
      byte[] name = "n".repeat(length).getBytes(StandardCharsets.ISO_8859_1);
      int hash = Bytes.hash(name, 0, length);
      TenantNode node = TenantNode.of(name, hash);
      for (int changed = 0; changed < length; changed++) {
        byte[] inTheMiddle = ("x" + "n".repeat(length + 8)).getBytes(StandardCharsets.ISO_8859_1);
        assertThat(node.is(hash, inTheMiddle, 1, length + 1)).isTrue();
        assertThat(node.is(hash, inTheMiddle, 1, length + 2)).isFalse();
        inTheMiddle[1 + changed] = 'm';
        assertThat(node.is(hash, inTheMiddle, 1, length + 1)).isFalse();
      }
    }
  }
}

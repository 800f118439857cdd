package dev.lanekeeper.gateway.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

/** That it can fail. */
class DroppedBuffersTest {

  private static void drop() {
    assertThat(ByteBufAllocator.DEFAULT.buffer(16).writeByte(1).readableBytes()).isEqualTo(1);
  }

  @Test
  void aBufferThatIsDropped_isFound() {
    DroppedBuffers dropped = new DroppedBuffers();
    assertThatThrownBy(() -> {
      for (int i = 0; i < 20; i++) {
        drop();
        dropped.look();
      }
    }).isInstanceOf(AssertionError.class).hasMessageContaining("buffers that were never released");
    assertThatCode(dropped::look).doesNotThrowAnyException();
  }
}

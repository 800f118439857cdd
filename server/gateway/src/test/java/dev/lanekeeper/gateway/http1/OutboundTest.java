package dev.lanekeeper.gateway.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored") // an embedded channel does everything at once
class OutboundTest {

  private static final String LONG = "0123456789".repeat(1_000);

  private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
  private final Outbound out = new Outbound(channel.pipeline().firstContext());

  private void head(String text, int room) {
    ByteBuf head = out.buffer(text.length() + room);
    head.writeCharSequence(text, StandardCharsets.US_ASCII);
    out.head(head);
  }

  private static ByteBuf piece(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }

  private List<String> sent() {
    List<String> sent = new ArrayList<>();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      sent.add(next.toString(StandardCharsets.US_ASCII));
      next.release();
    }
    return sent;
  }

  @Test
  void smallBody_goesAlongWithItsHead() {
    head("head ", 64);
    ByteBuf body = piece("body");
    out.write(body);
    out.flush();

    assertThat(sent()).containsExactly("head body");
    assertThat(body.refCnt()).isZero();
  }

  @Test
  void largeBody_goesBehindItsHead_inItsOwnBuffer() {
    head("head", 64);
    out.write(piece(LONG));
    out.write(piece("end"));
    out.flush();

    assertThat(sent()).containsExactly("head", LONG, "end");
  }

  @Test
  void headBehindHead_isSentBehindIt() {
    head("100", 0);
    head("200", 0);
    out.flush();

    assertThat(sent()).containsExactly("100", "200");
  }

  @Test
  void flush_withNothingWritten_sendsNothing() {
    out.flush();
    head("head", 0);
    out.flush();
    out.flush();

    assertThat(sent()).containsExactly("head");
  }

  @Test
  void pushed_isBeforeWhatIsWrittenBesides() {
    head("head", 64);
    out.push();
    channel.writeAndFlush(piece("besides"));

    assertThat(sent()).containsExactly("head", "besides");
  }

  @Test
  void gone_nothingIsKept() {
    ByteBuf head = out.buffer(16).writeZero(1);
    out.head(head);
    channel.close();
    out.release();
    ByteBuf late = out.buffer(16).writeZero(1);
    out.head(late);

    assertThat(head.refCnt()).isZero();
    assertThat(late.refCnt()).isZero();
  }
}

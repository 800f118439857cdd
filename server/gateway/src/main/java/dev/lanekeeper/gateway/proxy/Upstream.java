package dev.lanekeeper.gateway.proxy;

import dev.lanekeeper.gateway.http.Fields;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Who answers: the side of an {@link Exchange} to which the request goes. Nothing is sent before {@link #flush}. */
public interface Upstream {

  /** Sends a piece of the body, which this releases. */
  void body(ByteBuf piece);

  /** Ends the body. {@code trailers}: null if there are none. */
  void end(@Nullable Fields trailers);

  /** Nobody waits for the answer any more. */
  void cancel();

  /** Sends what was written. */
  void flush();

  /** Whether more may be sent without piling up. */
  boolean isWritable();

  /** Whether more of the response is wanted. */
  void wantBody(boolean wanted);
}

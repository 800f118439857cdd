package dev.lanekeeper.gateway.proxy;

import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.ResponseHead;
import dev.lanekeeper.gateway.routing.LocalResponse;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Who asked: the side of an {@link Exchange} to which the response goes. Nothing is sent before {@link #flush}. */
public interface Downstream {

  /** Sends the head of a response; an interim one (1xx) may come before. {@code last}: nothing follows. */
  void respond(ResponseHead head, boolean last);

  /** Sends a piece of the body, which this releases. */
  void body(ByteBuf piece);

  /** Ends the body. {@code trailers}: null if there are none. */
  void end(@Nullable Fields trailers);

  /** Ends the response where it is: its head was sent, and the rest will never come. The client must not take it for whole. */
  void abort();

  /** Lets an answer of which nothing was sent go wrong on its way. In HTTP/2 its stream is reset, whatever the fault. */
  void fail(LocalResponse.Fault fault);

  /** Sends what was written. */
  void flush();

  /** Whether more may be sent without piling up. */
  boolean isWritable();

  /** Whether more of the request's body is wanted. */
  void wantBody(boolean wanted);

  /** Both sides go on with bytes that are not HTTP; what follows are {@link #body pieces} until one side ends. */
  void becomeTunnel();
}

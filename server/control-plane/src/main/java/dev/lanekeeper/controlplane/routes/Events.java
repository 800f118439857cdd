package dev.lanekeeper.controlplane.routes;

import dev.lanekeeper.client.RouteJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Server-sent events (WHATWG HTML, 9.2). */
final class Events {

  private Events() {}

  /** An event whose data is one line. */
  static byte[] bytes(String event, long id, byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(data.length + 64);
    out.writeBytes(("event: " + event + "\nid: " + id + "\ndata: ").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(data);
    out.writeBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  /** That a table of this revision is current as of a time. */
  static byte[] current(long revision, long asOfMillis) {
    return bytes("current", revision, RouteJson.writeCurrent(new RouteJson.Current(revision, asOfMillis)));
  }
}

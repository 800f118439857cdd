package dev.lanekeeper.gateway.http1;

import dev.lanekeeper.gateway.http.Fields;
import dev.lanekeeper.gateway.http.Limits;
import dev.lanekeeper.gateway.http.MalformedMessageException;

/** Reads the fields behind the last chunk (RFC 9112, section 7.1.2). */
final class TrailerReader extends HeadReader {

  private static final int USUAL_SIZE = 64;

  TrailerReader(Limits limits) {
    super(new Fields(USUAL_SIZE), limits);
  }

  @Override
  MalformedMessageException tooLarge(String message) {
    return new MalformedMessageException(431, "trailers: " + message);
  }

  @Override
  void startLine(byte[] bytes, int from, int end) {
    throw new IllegalStateException("trailers have no start line");
  }

  @Override
  boolean hasStartLine() {
    return false;
  }

  @Override
  boolean mayBeginEmpty() {
    return false;
  }

  /** What may be passed on: nothing that says where a message goes or ends (RFC 9110, section 6.5.1). */
  Fields trailers() {
    Fields trailers = fields();
    for (int i = 0; i < trailers.count(); i++) {
      if (trailers.name(i) != null) {
        trailers.drop(i);
      }
    }
    return trailers;
  }
}

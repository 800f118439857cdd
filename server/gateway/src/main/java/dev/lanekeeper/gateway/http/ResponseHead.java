package dev.lanekeeper.gateway.http;

/** The head of a response, without what belongs to one hop only. Reused by its connection. */
public final class ResponseHead {

  /** {@link #length} of a body whose length is not known beforehand. */
  public static final long STREAMED = -1;

  private final Fields fields;
  private int status;
  private long length;

  /** A head with these fields. */
  public ResponseHead(Fields fields) {
    this.fields = fields;
  }

  /** Begins anew, with everything but the fields. */
  public void set(int newStatus, long newLength) {
    status = newStatus;
    length = newLength;
  }

  /** Its fields. */
  public Fields fields() {
    return fields;
  }

  /** The status. */
  public int status() {
    return status;
  }

  /** Bytes of the body that follows; 0 where there is none, {@link #STREAMED} where it is not known. */
  public long length() {
    return length;
  }

  /** Whether another head follows (RFC 9110, section 15.2); a change of protocol is none of these. */
  public boolean isInterim() {
    return status < 200 && status != 101;
  }

  /** Whether its body is made of server-sent events: they may be far between, and need not end. */
  public boolean isEventStream() {
    int at = fields.find(FieldName.CONTENT_TYPE);
    return at >= 0 && fields.isValueOf(at, "text/event-stream");
  }
}

package dev.lanekeeper.gateway.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The head of a request, without what belongs to one hop only. Reused by its connection. */
public final class RequestHead {

  /** {@link #length} of a body whose length is not known beforehand. */
  public static final long STREAMED = -1;

  private static final String GRPC = "application/grpc";

  private final Fields fields;
  private String method = "";
  private boolean secure;
  private Authority authority = new Authority("unknown", -1, "unknown");
  private int targetFrom;
  private int targetEnd;
  private long length;
  private HttpVersion version = HttpVersion.HTTP_1_1;
  private @Nullable String upgrade;

  /** A head with these fields. */
  public RequestHead(Fields fields) {
    this.fields = fields;
  }

  /** Its fields, and the bytes in which its target stands. */
  public Fields fields() {
    return fields;
  }

  /** Begins anew, with everything but the fields. */
  public void set(String newMethod, boolean isSecure, Authority newAuthority, int from, int end, long newLength,
      HttpVersion newVersion, @Nullable String newUpgrade) {
    method = newMethod;
    secure = isSecure;
    authority = newAuthority;
    targetFrom = from;
    targetEnd = end;
    length = newLength;
    version = newVersion;
    upgrade = newUpgrade;
  }

  /** The method. */
  public String method() {
    return method;
  }

  /** Whether it came by TLS, or names {@code https} in an absolute form. */
  public boolean isSecure() {
    return secure;
  }

  /** {@code http} or {@code https}. */
  public String scheme() {
    return secure ? "https" : "http";
  }

  /** Host and port that it names. */
  public Authority authority() {
    return authority;
  }

  /** Where path and query, or {@code *}, begin in the bytes of the fields. */
  public int targetFrom() {
    return targetFrom;
  }

  /** Where they end. */
  public int targetEnd() {
    return targetEnd;
  }

  /** Path and query, or {@code *}. */
  public String target() {
    return Ascii.text(fields.bytes(), targetFrom, targetEnd);
  }

  /** Bytes of the body; 0 where there is none, {@link #STREAMED} where it is not known. */
  public long length() {
    return length;
  }

  /** Whether a body follows. */
  public boolean hasBody() {
    return length != 0;
  }

  /** In which version it came. */
  public HttpVersion version() {
    return version;
  }

  /** Whether it is a call of gRPC, which needs HTTP/2 on its whole way. */
  public boolean isGrpc() {
    if (version != HttpVersion.HTTP_2) {
      return false;
    }
    int at = fields.find(FieldName.CONTENT_TYPE);
    if (at < 0) {
      return false;
    }
    String type = fields.valueText(at).toLowerCase(Locale.ROOT);
    boolean grpc = type.startsWith(GRPC);
    return grpc && (type.length() == GRPC.length() || "+; ".indexOf(type.charAt(GRPC.length())) >= 0);
  }

  /** To which protocol it asks to change, in lower case; null: to none. */
  public @Nullable String upgrade() {
    return upgrade;
  }

  /** Whether the method may be sent once more without harm (RFC 9110, section 9.2.2). */
  public boolean isIdempotent() {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
      default -> false;
    };
  }
}

package dev.lanekeeper.gateway.http;

import org.jspecify.annotations.Nullable;

/** The fields that a proxy has duties about (RFC 9110, 9112, 9113); every other one is passed on as it came. */
public enum FieldName {
  /** Ours: which stubs are to be asked. */
  LANEKEEPER_STUBS("lanekeeper-stubs"),
  /** Ours: which stubs have not taken a call. */
  LANEKEEPER_PASSED("lanekeeper-passed"),
  /** Ours: by which somebody is admitted. */
  LANEKEEPER_TOKEN("lanekeeper-token"),
  /** W3C Baggage. */
  BAGGAGE("baggage"),
  /** RFC 9110, section 7.6.1. */
  CONNECTION("connection"),
  /** RFC 9110, section 8.6. */
  CONTENT_LENGTH("content-length"),
  /** RFC 9110, section 8.3. */
  CONTENT_TYPE("content-type"),
  /** RFC 6265, section 5.4; crumbled in HTTP/2. */
  COOKIE("cookie"),
  /** RFC 9110, section 10.1.1. */
  EXPECT("expect"),
  /** Sent before HTTP/2 over cleartext; obsolete (RFC 9113, section 3.1). */
  HTTP2_SETTINGS("http2-settings"),
  /** RFC 9110, section 7.2. */
  HOST("host"),
  /** RFC 2068, section 19.7.1.1. */
  KEEP_ALIVE("keep-alive"),
  /** RFC 9110, section 11.7.1. */
  PROXY_AUTHENTICATE("proxy-authenticate"),
  /** RFC 9110, section 11.7.2. */
  PROXY_AUTHORIZATION("proxy-authorization"),
  /** Never standardized; as {@link #CONNECTION}. */
  PROXY_CONNECTION("proxy-connection"),
  /** RFC 9110, section 10.1.4. */
  TE("te"),
  /** RFC 9110, section 6.6.2. */
  TRAILER("trailer"),
  /** RFC 9112, section 6.1. */
  TRANSFER_ENCODING("transfer-encoding"),
  /** RFC 9110, section 7.8. */
  UPGRADE("upgrade"),
  /** RFC 9110, section 7.6.3. */
  VIA("via"),
  /** De facto: who asked. */
  X_FORWARDED_FOR("x-forwarded-for"),
  /** De facto: under which name. */
  X_FORWARDED_HOST("x-forwarded-host"),
  /** De facto: by which scheme. */
  X_FORWARDED_PROTO("x-forwarded-proto"),
  /** RFC 7239: the three before in one. */
  FORWARDED("forwarded");

  private static final int LONGEST = 20;
  /** By length and first letter, in which they all differ but for a few. */
  private static final FieldName[][] BY_LENGTH = byLength();

  private final String text;

  FieldName(String text) {
    this.text = text;
  }

  private static FieldName[][] byLength() {
    FieldName[][] byLength = new FieldName[LONGEST][];
    for (int length = 0; length < LONGEST; length++) {
      int wanted = length;
      byLength[length] = java.util.Arrays.stream(values()).filter(name -> name.text.length() == wanted)
          .toArray(FieldName[]::new);
    }
    return byLength;
  }

  /** A bit of its own. */
  @SuppressWarnings("EnumOrdinal") // goes nowhere but into a set that lives as long as a head
  long bit() {
    return 1L << ordinal();
  }

  /** In lower case. */
  public String text() {
    return text;
  }

  /** Which one {@code bytes[from..end)} is, compared without case; null for any other. */
  static @Nullable FieldName of(byte[] bytes, int from, int end) {
    int length = end - from;
    if (length >= LONGEST) {
      return null;
    }
    for (FieldName name : BY_LENGTH[length]) {
      if ((bytes[from] | 0x20) == name.text.charAt(0) && Ascii.equalsIgnoreCase(bytes, from, end, name.text)) {
        return name;
      }
    }
    return null;
  }
}

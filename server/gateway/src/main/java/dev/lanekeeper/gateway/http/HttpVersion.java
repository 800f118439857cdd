package dev.lanekeeper.gateway.http;

/** In which version of the protocol a message came. */
public enum HttpVersion {
  /** No chunks, no 100, and one request to a connection unless both say otherwise. */
  HTTP_1_0("1.0 "),
  /** RFC 9112. */
  HTTP_1_1("1.1 "),
  /** RFC 9113. */
  HTTP_2("2 ");

  private final String text;

  HttpVersion(String text) {
    this.text = text;
  }

  /** As it stands in {@code Via}, with a space behind it. */
  public String text() {
    return text;
  }
}

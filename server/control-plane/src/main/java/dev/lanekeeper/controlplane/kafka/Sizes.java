package dev.lanekeeper.controlplane.kafka;

/** How large what we write and read may be. */
final class Sizes {

  /**
   * The largest record that we can write: what a broker takes in one request ({@code socket.request.max.bytes}, 100 MiB unless it is
   * configured otherwise), less room for what stands around it. One that is sent more does not say so, but hangs up.
   */
  static final int LARGEST = 99 * 1024 * 1024;
  /** What a producer of ours may hold: the largest record, and a few small ones. */
  static final long PRODUCER_BUFFER = LARGEST + 16L * 1024 * 1024;
  /**
   * What a reader of ours fetches at once, but for a single batch that is larger. Each has as much in memory, or twice that, and there are
   * several for each override in which undertakers are.
   */
  static final int FETCH = 256 * 1024;

  private Sizes() {}
}

package dev.lanekeeper.client.protocol;

/** What can go wrong between a data plane and the control plane. Counters carry these names. */
public enum Trouble {
  /** The connection could not be made, or ended. */
  LOST("stream-lost"),
  /** Nothing was heard for too long. */
  SILENT("stream-silent"),
  /** Something arrived that cannot be read, or does not fit the table. */
  BROKEN("stream-broken"),
  /** A revision is missing. */
  GAP("stream-gap"),
  /** The control plane has another history than this table: its store was restored or replaced. */
  OTHER_HISTORY("stream-other-history"),
  /** The control plane has an older table than this process. */
  BEHIND("stream-behind"),
  /** A question got no answer. */
  UNANSWERED("question-unanswered");

  private final String code;

  Trouble(String code) {
    this.code = code;
  }

  /** The stable name. */
  public String code() {
    return code;
  }
}

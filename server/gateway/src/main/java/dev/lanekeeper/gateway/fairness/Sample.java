package dev.lanekeeper.gateway.fairness;

/** The turn of a request of production whose latency is looked at: from where it is whole up to the head of its response. */
final class Sample extends Turn {

  private final Share share;
  private volatile long began;
  private volatile boolean over;

  Sample(Share share, long began) {
    this.share = share;
    this.began = began;
  }

  long began() {
    return began;
  }

  boolean isOver() {
    return over;
  }

  @Override
  public void sent() {
    began = share.now();
  }

  @Override
  public void answered(boolean open) {
    if (!over) {
      over = true;
      share.sampled(began);
    }
  }

  @Override
  public void end() {
    over = true; // what never answered says nothing of how long an answer takes
  }
}

package io.tapstack.tcp;

/**
 * The congestion control that a connection has at the moment: the rest of TCP need not know that it
 * may be exchanged at any time.
 */
final class ChosenCongestionControl implements CongestionControl {
  private CongestionControl chosen;
  private final long seed;
  private boolean established;
  private int mss;
  private int initialWindow;

  ChosenCongestionControl(CongestionControl first, long seed) {
    this.seed = seed;
    chosen = first;
    first.seed(seed);
  }

  /**
   * Exchanges it. As in Linux, window and threshold pass on, and what only the old algorithm knew
   * of is lost.
   */
  void choose(CongestionControl next, long now) {
    next.seed(seed);
    if (established) {
      next.established(mss, initialWindow, now);
      next.resumed(chosen.cwnd(), chosen.ssthresh(), now);
    }
    chosen = next;
  }

  /** The algorithm itself. */
  CongestionControl chosen() {
    return chosen;
  }

  @Override
  public String name() {
    return chosen.name();
  }

  @Override
  public void established(int mss, int initialWindow, long now) {
    established = true;
    this.mss = mss;
    this.initialWindow = initialWindow;
    chosen.established(mss, initialWindow, now);
  }

  @Override
  public void mss(int mss) {
    this.mss = mss;
    chosen.mss(mss);
  }

  @Override
  public int cwnd() {
    return chosen.cwnd();
  }

  @Override
  public int ssthresh() {
    return chosen.ssthresh();
  }

  @Override
  public long pacingRate() {
    return chosen.pacingRate();
  }

  @Override
  public boolean controlsRecovery() {
    return chosen.controlsRecovery();
  }

  @Override
  public void acked(AckSample sample) {
    chosen.acked(sample);
  }

  @Override
  public void congested(Cause cause, int inFlight, long now) {
    chosen.congested(cause, inFlight, now);
  }

  @Override
  public void recovered(int inFlight, long now) {
    chosen.recovered(inFlight, now);
  }

  @Override
  public void timedOut(int inFlight, boolean first, long now) {
    chosen.timedOut(inFlight, first, now);
  }

  @Override
  public void undo(long now) {
    chosen.undo(now);
  }

  @Override
  public void restarted(long idle, long rto, long now) {
    chosen.restarted(idle, rto, now);
  }
}

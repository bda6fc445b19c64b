package io.tapstack.tcp;

/**
 * BBR's model of the path, draft-ietf-ccwg-bbr section 5.5: its bandwidth, its round trip time
 * without a queue, how much it gathers ACKs, and what losses permit.
 */
final class BbrModel {
  final BbrRound round = new BbrRound();
  final BbrMaxBandwidth maxBandwidth = new BbrMaxBandwidth();
  final BbrMinRtt minRtt = new BbrMinRtt();
  final BbrAggregation aggregation = new BbrAggregation();
  final BbrFullBandwidth fullBandwidth = new BbrFullBandwidth();
  final BbrBounds bounds = new BbrBounds();

  int mss = 536;
  int initialWindow;

  /** The bandwidth that the model allows: the smaller of what was seen and what losses permit. */
  private double bandwidth;

  /** All that had been lost at the last ACK, and what was found lost since, by timers as well. */
  private long totalLost;

  private int lost;

  /** Samples of what was sent while PROBE_RTT held sending back end at this delivery. */
  private long selfLimitedUntil = -1;

  void begin(int mss, int initialWindow, long now) {
    this.mss = mss;
    this.initialWindow = initialWindow;
    minRtt.begin(now);
    aggregation.begin(now);
  }

  /** Takes in an ACK, all but its round trip, which PROBE_RTT needs last. */
  void acked(AckSample sample, BbrPhase phase, int cwnd) {
    lost = (int) Math.min(sample.totalLost() - totalLost, Windows.MAX);
    totalLost = sample.totalLost();
    boolean limited = isLimited(sample);
    round.acked(sample);
    maxBandwidth.sample(sample.deliveryRate(), limited);
    bounds.acked(sample, lost > 0, phase.isProbing(), maxBandwidth.value(), cwnd);
    aggregation.acked(
        sample.delivered(),
        bandwidth,
        cwnd,
        round.count(),
        !fullBandwidth.isReached(),
        sample.now());
    fullBandwidth.sample(sample.deliveryRate(), limited, round.isStart());
  }

  /** The ACK was dealt with: what it means for the estimate. Section 5.5.10, BoundBWForModel. */
  void advance(AckSample sample) {
    bounds.advance(sample);
    bandwidth = Math.min(maxBandwidth.value(), bounds.bandwidth());
  }

  /** PROBE_RTT holds sending back, and not the path: section 5.3.4.3. */
  void limitsItself(AckSample sample) {
    selfLimitedUntil = sample.totalDelivered() + sample.inFlight();
  }

  /** Whether the application or PROBE_RTT, and not the path, limited the rate of a sample. */
  boolean isLimited(AckSample sample) {
    return sample.isAppLimited() || sample.priorDelivered() <= selfLimitedUntil;
  }

  /** What was found lost since the ACK before the last. */
  int lost() {
    return lost;
  }

  double bandwidth() {
    return bandwidth;
  }

  /** Bandwidth times round trip time, times a gain; the initial window while they are unknown. */
  int bandwidthDelay(double gain) {
    if (minRtt.value() == BbrMinRtt.UNKNOWN || bandwidth == 0) {
      return initialWindow;
    }
    return (int) Math.min(gain * bandwidth * minRtt.value() / 1e9, Windows.MAX);
  }
}

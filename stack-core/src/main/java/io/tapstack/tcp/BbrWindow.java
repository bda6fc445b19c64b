package io.tapstack.tcp;

/**
 * How fast BBR sends and how much it has in flight, by its model: draft-ietf-ccwg-bbr section 5.6,
 * with what recovery makes of the window meanwhile.
 */
final class BbrWindow {
  /** Section 2.4: slightly slower than the estimate, so that no queue builds up. */
  private static final double PACING_MARGIN = 0.99;

  /** Section 2.5: the least window that keeps ACKs coming with delayed ACKs. */
  private static final int MIN_PIPE_SEGMENTS = 4;

  /** Section 5.6.2: the round trip that is assumed before the first measurement. */
  private static final long ASSUMED_RTT = 1_000_000;

  /** Section 5.6.3: a burst lasts a millisecond. */
  private static final int BURSTS_PER_SECOND = 1000;

  private static final int MAX_BURST = 65_536;
  private static final double SECOND = 1e9;

  private final BbrModel model;
  private int cwnd;
  private int priorCwnd;
  private double pacingRate;
  private boolean rttKnown;
  private boolean recovering;

  BbrWindow(BbrModel model) {
    this.model = model;
  }

  /** Section 5.6.2: before anything is known, a window in the least round trip there is. */
  void begin(int window) {
    cwnd = Math.max(window, model.mss);
    pacingRate = BbrPhase.STARTUP.pacingGain * cwnd / (ASSUMED_RTT / SECOND);
  }

  int cwnd() {
    return cwnd;
  }

  void atLeast(int bytes) {
    cwnd = Math.max(cwnd, bytes);
  }

  long pacingRate() {
    return Math.max((long) pacingRate, 1);
  }

  boolean isRecovering() {
    return recovering;
  }

  /** Sections 5.6.2 and 5.6.4, for an ACK that the model has taken in. */
  void acked(AckSample sample, BbrPhase phase) {
    setRate(phase.pacingGain, sample.srtt());
    setCwnd(sample, phase);
  }

  void setRate(double gain, long srtt) {
    if (!rttKnown && srtt > 0) {
      rttKnown = true; // section 5.6.2, now with a round trip
      pacingRate = BbrPhase.STARTUP.pacingGain * cwnd / (srtt / SECOND);
    }
    double rate = gain * model.bandwidth() * PACING_MARGIN;
    if (srtt > 0) {
      // As the window has a least value, so has the rate. Where hardly a segment came through, all
      // samples span timeouts, and at the rate that they tell it would take minutes to learn more.
      rate = Math.max(rate, minPipe() / (srtt / SECOND));
    }
    if (rate > 0 && (model.fullBandwidth.isReached() || rate > pacingRate)) {
      pacingRate = rate;
    }
  }

  /** Section 5.6.4.2: what the path holds, with what bursts, delayed ACKs and probing need. */
  int inFlight(double gain, BbrPhase phase) {
    return quantized(model.bandwidthDelay(gain), phase);
  }

  private int quantized(long bytes, BbrPhase phase) {
    long burst = (long) (pacingRate / BURSTS_PER_SECOND);
    long quantum = Math.max(Math.min(burst, MAX_BURST), 2L * model.mss);
    long budget = Math.max(Math.max(bytes, 3 * quantum), minPipe());
    if (phase == BbrPhase.PROBE_BW_UP) {
      budget += 2L * model.mss;
    }
    return (int) Math.min(budget, Windows.MAX);
  }

  int minPipe() {
    return MIN_PIPE_SEGMENTS * model.mss;
  }

  /** Section 5.6.4.5. */
  int probeRttCwnd() {
    return Math.max(model.bandwidthDelay(BbrPhase.PROBE_RTT.cwndGain), minPipe());
  }

  private void setCwnd(AckSample sample, BbrPhase phase) {
    long full = (long) model.bandwidthDelay(phase.cwndGain) + model.aggregation.extra();
    int most = quantized(full, phase);
    int delivered = sample.delivered();
    if (model.fullBandwidth.isReached()) {
      cwnd = Math.min(Windows.grown(cwnd, delivered), most);
    } else if (cwnd < most || sample.totalDelivered() < model.initialWindow) {
      cwnd = Windows.grown(cwnd, delivered);
    }
    cwnd = Math.max(cwnd, minPipe());
    if (phase == BbrPhase.PROBE_RTT) {
      cwnd = Math.min(cwnd, probeRttCwnd());
    }
    bound(phase);
  }

  /** Section 5.6.4.7. */
  private void bound(BbrPhase phase) {
    BbrBounds bounds = model.bounds;
    int cap =
        switch (phase) {
          case PROBE_BW_CRUISE, PROBE_RTT -> bounds.withHeadroom(model.mss, minPipe());
          case PROBE_BW_DOWN, PROBE_BW_REFILL, PROBE_BW_UP -> bounds.longTerm();
          case STARTUP, DRAIN -> BbrBounds.NONE;
        };
    cap = Math.max(Math.min(cap, bounds.shortTerm()), minPipe());
    cwnd = Math.min(cwnd, cap);
  }

  // ---- section 5.6.4.4: a good window is kept while it is reduced for other reasons ----

  void save(BbrPhase phase) {
    boolean whole = !recovering && phase != BbrPhase.PROBE_RTT;
    priorCwnd = whole ? cwnd : Math.max(priorCwnd, cwnd);
  }

  boolean hasSaved() {
    return priorCwnd > 0;
  }

  void restore() {
    cwnd = Math.max(cwnd, priorCwnd);
  }

  /**
   * Here, in section 5.6.4.4, the draft cuts the window to what is in flight, for a round trip in
   * which as much leaves as arrives. As Linux, we do not: at one loss in a hundred segments a fast
   * path is always in recovery, and whatever made little be in flight (PROBE_RTT, say) would become
   * the window, and by the short-term bounds the model. The bounds and the rate are the answer.
   */
  void recoveryBegins() {
    recovering = true;
  }

  void recovered(BbrPhase phase) {
    if (recovering) {
      endRecovery();
      restore();
      bound(phase);
    }
  }

  /** All that was in flight counts as lost, and one segment goes out. */
  void timedOut() {
    endRecovery();
    cwnd = model.mss;
  }

  void endRecovery() {
    recovering = false;
  }
}

package io.tapstack.tcp;

/**
 * BBR, draft-ietf-ccwg-bbr (version 3 of the algorithm): a model of the path, its bandwidth and its
 * round trip time without a queue, says how fast to send and how much to have in flight; losses
 * bound it only where they are many.
 *
 * <p>{@link BbrMaxBandwidth}, {@link BbrMinRtt} and {@link BbrAggregation} are the model, {@link
 * BbrBounds} what losses teach, {@link BbrFullBandwidth} tells that sending faster is of no use,
 * {@link BbrProbing} when to try again; this class goes from {@link BbrPhase} to {@link BbrPhase}
 * and computes rate and window.
 */
final class Bbr implements CongestionControl {
  /** Section 2.4: slightly slower than the estimate, so that no queue builds up. */
  private static final double PACING_MARGIN = 0.99;

  /** Section 2.5: the least window that keeps ACKs coming with delayed ACKs. */
  private static final int MIN_PIPE_SEGMENTS = 4;

  /** Section 2.6: how long hardly anything is in flight, and how long at least a round trip. */
  private static final long PROBE_RTT_DURATION = 200_000_000;

  /** Section 5.3.1.3: losses in so many ACKs of a round trip end startup. */
  private static final int STARTUP_LOSSES = 6;

  /** Section 5.6.2: the round trip that is assumed before the first measurement. */
  private static final long ASSUMED_RTT = 1_000_000;

  private static final long UNSET = Long.MIN_VALUE;
  private static final double SECOND = 1e9;

  private final BbrRound round = new BbrRound();
  private final BbrMaxBandwidth maxBandwidth = new BbrMaxBandwidth();
  private final BbrMinRtt minRtt = new BbrMinRtt();
  private final BbrAggregation aggregation = new BbrAggregation();
  private final BbrFullBandwidth fullBandwidth = new BbrFullBandwidth();
  private final BbrBounds bounds = new BbrBounds();
  private final BbrProbing probing = new BbrProbing();

  private int mss = 536;
  private int initialWindow;
  private int cwnd;
  private int priorCwnd;
  private double pacingRate;
  private boolean rttKnown;
  private BbrPhase phase = BbrPhase.STARTUP;
  private BbrPhase undoPhase = BbrPhase.STARTUP;
  private boolean idleRestart;
  private int lossesInRound;

  /** The bandwidth that the model allows: the smaller of what was seen and what losses permit. */
  private double bandwidth;

  // ---- recovery ----
  private boolean recovering;
  private boolean recoveryBegins;

  /** Packet conservation: in the first round trip of recovery, what leaves replaces what left. */
  private boolean conserving;

  // ---- PROBE_RTT ----
  private long probeRttDone = UNSET;
  private boolean probeRttRoundDone;

  /** Samples of what was sent while PROBE_RTT held sending back end at this delivery. */
  private long selfLimitedUntil = -1;

  BbrPhase phase() {
    return phase;
  }

  /** The estimate of what the path delivers, in bytes per second. */
  long maxBandwidth() {
    return maxBandwidth.value();
  }

  @Override
  public String name() {
    return "bbr";
  }

  @Override
  public void seed(long seed) {
    probing.seed(seed);
  }

  @Override
  public void established(int mss, int initialWindow, long now) {
    this.mss = mss;
    this.initialWindow = initialWindow;
    cwnd = initialWindow;
    minRtt.begin(now);
    aggregation.begin(now);
    pacingRate = BbrPhase.STARTUP.pacingGain * cwnd / (ASSUMED_RTT / SECOND);
  }

  @Override
  public void resumed(int cwnd, int ssthresh, long now) {
    this.cwnd = Math.max(cwnd, mss);
    pacingRate = BbrPhase.STARTUP.pacingGain * this.cwnd / (ASSUMED_RTT / SECOND);
  }

  @Override
  public void mss(int mss) {
    this.mss = mss;
    cwnd = Math.max(cwnd, mss);
  }

  @Override
  public int cwnd() {
    return cwnd;
  }

  /** None: the model says what ssthresh says elsewhere. */
  @Override
  public int ssthresh() {
    return Integer.MAX_VALUE;
  }

  @Override
  public long pacingRate() {
    return Math.max((long) pacingRate, 1);
  }

  @Override
  public boolean controlsRecovery() {
    return true;
  }

  // ---- section 5.2.3: what an ACK does ----

  @Override
  public void acked(AckSample sample) {
    updateModel(sample);
    bounds.advance(sample);
    bandwidth = Math.min(maxBandwidth.value(), bounds.bandwidth());
    setPacingRate(phase.pacingGain, sample.srtt());
    setCwnd(sample);
  }

  private void updateModel(AckSample sample) {
    long now = sample.now();
    round.acked(sample);
    if (round.isStart()) {
      probing.roundBegan();
    }
    boolean limited = isLimited(sample);
    maxBandwidth.sample(sample.deliveryRate(), limited);
    bounds.acked(sample, phase.isProbing(), maxBandwidth.value(), cwnd);
    aggregation.acked(
        sample.delivered(), bandwidth, cwnd, round.count(), !fullBandwidth.isReached(), now);
    fullBandwidth.sample(sample.deliveryRate(), limited, round.isStart());
    checkStartupLoss(sample);
    if (phase == BbrPhase.STARTUP && fullBandwidth.isReached()) {
      phase = BbrPhase.DRAIN;
    }
    if (phase == BbrPhase.DRAIN && sample.inFlight() <= inFlight(1)) {
      goDown(now);
    }
    if (fullBandwidth.isReached()) {
      adaptLongTerm(sample, limited);
      if (phase.isProbeBw()) {
        advanceCycle(sample, limited);
      }
    }
    minRtt.sample(sample.rtt(), now);
    probeRtt(sample);
  }

  /** Whether the application or PROBE_RTT, and not the path, limited the rate of a sample. */
  private boolean isLimited(AckSample sample) {
    return sample.isAppLimited() || sample.priorDelivered() <= selfLimitedUntil;
  }

  // ---- section 5.3.1: STARTUP ----

  /** Section 5.3.1.3: losing too much in a round trip, in several places, ends startup. */
  private void checkStartupLoss(AckSample sample) {
    if (sample.lost() > 0) {
      lossesInRound++;
    }
    if (!bounds.isLossRoundStart()) {
      return;
    }
    boolean many = lossesInRound >= STARTUP_LOSSES && BbrBounds.isTooHigh(sample);
    lossesInRound = 0;
    if (phase == BbrPhase.STARTUP && recovering && many) {
      fullBandwidth.reach();
      bounds.longTerm(Math.max(bandwidthDelay(1), bounds.latestInFlight()));
    }
  }

  // ---- section 5.3.3: PROBE_BW ----

  private void advanceCycle(AckSample sample, boolean limited) {
    long now = sample.now();
    switch (phase) {
      case PROBE_BW_DOWN, PROBE_BW_CRUISE -> {
        if (probing.isDue(Math.min(bandwidthDelay(1), cwnd) / mss, now)) {
          refill();
        } else if (phase == BbrPhase.PROBE_BW_DOWN && hasDrained(sample.inFlight())) {
          phase = BbrPhase.PROBE_BW_CRUISE;
        }
      }
      case PROBE_BW_REFILL -> {
        // After one round trip what is in flight fills the pipe: now losses mean something.
        if (round.isStart()) {
          probing.samples = true;
          goUp(sample);
        }
      }
      case PROBE_BW_UP -> {
        if (sample.isCwndLimited() && cwnd >= bounds.longTerm()) {
          // The bound, not the path, limits the rate: it says nothing about the path.
          fullBandwidth.restart(Math.max(sample.deliveryRate(), 0));
        } else if (fullBandwidth.isNow()) {
          goDown(now);
        }
      }
      default -> {}
    }
  }

  private boolean hasDrained(int inFlight) {
    return inFlight <= bounds.withHeadroom(mss, minPipe()) && inFlight <= inFlight(1);
  }

  private void goDown(long now) {
    bounds.resetSignals();
    probing.ended(now);
    round.begin();
    phase = BbrPhase.PROBE_BW_DOWN;
  }

  private void refill() {
    bounds.resetShortTerm();
    probing.refilling();
    round.begin();
    phase = BbrPhase.PROBE_BW_REFILL;
  }

  private void goUp(AckSample sample) {
    probing.acks = BbrProbing.Acks.STARTING;
    round.begin();
    fullBandwidth.restart(Math.max(sample.deliveryRate(), 0));
    phase = BbrPhase.PROBE_BW_UP;
    probing.steeper(cwnd, mss);
  }

  /** Section 5.3.3.6: the long-term bound follows what probing finds out. */
  private void adaptLongTerm(AckSample sample, boolean limited) {
    if (round.isStart()) {
      if (probing.acks == BbrProbing.Acks.STARTING) {
        probing.acks = BbrProbing.Acks.FEEDBACK;
      } else if (probing.acks == BbrProbing.Acks.STOPPING) {
        probing.samples = false;
        probing.acks = BbrProbing.Acks.INIT;
        if (phase.isProbeBw() && !limited) {
          maxBandwidth.advance();
        }
      }
    }
    if (BbrBounds.isTooHigh(sample)) {
      if (probing.samples) {
        tooHigh(sample, limited);
      }
    } else if (bounds.longTerm() != BbrBounds.NONE) {
      if (sample.txInFlight() > bounds.longTerm()) {
        bounds.longTerm(sample.txInFlight());
      }
      if (phase == BbrPhase.PROBE_BW_UP) {
        raiseLongTerm(sample);
      }
    }
  }

  private void tooHigh(AckSample sample, boolean limited) {
    probing.samples = false;
    if (!limited) {
      bounds.lower(sample.txInFlight(), Math.min(bandwidthDelay(1), cwnd));
    }
    if (phase == BbrPhase.PROBE_BW_UP) {
      goDown(sample.now());
    }
  }

  private void raiseLongTerm(AckSample sample) {
    if (!sample.isCwndLimited() || cwnd < bounds.longTerm()) {
      return;
    }
    bounds.raise(probing.rise(sample.delivered()));
    if (round.isStart()) {
      probing.steeper(cwnd, mss);
    }
  }

  // ---- section 5.3.4: PROBE_RTT ----

  private void probeRtt(AckSample sample) {
    long now = sample.now();
    if (phase != BbrPhase.PROBE_RTT && minRtt.isProbeDue() && !idleRestart) {
      saveCwnd();
      phase = BbrPhase.PROBE_RTT;
      probeRttDone = UNSET;
      probing.acks = BbrProbing.Acks.STOPPING;
      round.begin();
    }
    if (phase == BbrPhase.PROBE_RTT) {
      selfLimitedUntil = sample.totalDelivered() + sample.inFlight();
      if (probeRttDone == UNSET) {
        if (sample.inFlight() <= probeRttCwnd()) {
          probeRttDone = now + PROBE_RTT_DURATION;
          probeRttRoundDone = false;
          round.begin();
        }
      } else {
        probeRttRoundDone |= round.isStart();
        if (probeRttRoundDone) {
          endProbeRtt(now);
        }
      }
    }
    if (sample.delivered() > 0) {
      idleRestart = false;
    }
  }

  private void endProbeRtt(long now) {
    if (probeRttDone == UNSET || now <= probeRttDone) {
      return;
    }
    minRtt.probed(now);
    restoreCwnd();
    bounds.resetShortTerm();
    if (fullBandwidth.isReached()) {
      goDown(now);
      phase = BbrPhase.PROBE_BW_CRUISE;
    } else {
      phase = BbrPhase.STARTUP;
    }
  }

  private int probeRttCwnd() {
    return Math.max(bandwidthDelay(BbrPhase.PROBE_RTT.cwndGain), minPipe());
  }

  // ---- section 5.6: rate and window ----

  private void setPacingRate(double gain, long srtt) {
    if (!rttKnown && srtt > 0) {
      rttKnown = true; // section 5.6.2, now with a round trip
      pacingRate = BbrPhase.STARTUP.pacingGain * cwnd / (srtt / SECOND);
    }
    double rate = gain * bandwidth * PACING_MARGIN;
    if (rate > 0 && (fullBandwidth.isReached() || rate > pacingRate)) {
      pacingRate = rate;
    }
  }

  /** Bandwidth times round trip time, times a gain; the initial window while they are unknown. */
  private int bandwidthDelay(double gain) {
    if (minRtt.value() == BbrMinRtt.UNKNOWN || bandwidth == 0) {
      return initialWindow;
    }
    return (int) Math.min(gain * bandwidth * minRtt.value() / SECOND, Windows.MAX);
  }

  /** Section 5.6.4.2: with what bursts, delayed ACKs and probing need on top. */
  private int quantized(long bytes) {
    long quantum = Math.max(Math.min((long) (pacingRate / 1000), 65_536), 2L * mss);
    long budget = Math.max(Math.max(bytes, 3 * quantum), minPipe());
    if (phase == BbrPhase.PROBE_BW_UP) {
      budget += 2L * mss;
    }
    return (int) Math.min(budget, Windows.MAX);
  }

  private int inFlight(double gain) {
    return quantized(bandwidthDelay(gain));
  }

  private int minPipe() {
    return MIN_PIPE_SEGMENTS * mss;
  }

  private void setCwnd(AckSample sample) {
    int most = quantized((long) bandwidthDelay(phase.cwndGain) + aggregation.extra());
    int delivered = sample.delivered();
    if (recoveryBegins) {
      recoveryBegins = false;
      cwnd = Math.max(Windows.grown(sample.inFlight(), Math.max(delivered, mss)), mss);
    } else if (conserving && round.isStart()) {
      conserving = false;
    }
    if (conserving) {
      // Section 5.6.4.4: one segment for each that left, for a round trip
      cwnd = Math.max(cwnd - sample.lost(), mss);
      cwnd = Math.max(cwnd, Windows.grown(sample.inFlight(), delivered));
    } else if (fullBandwidth.isReached()) {
      cwnd = Math.min(Windows.grown(cwnd, delivered), most);
    } else if (cwnd < most || sample.totalDelivered() < initialWindow) {
      cwnd = Windows.grown(cwnd, delivered);
    }
    if (!conserving) {
      cwnd = Math.max(cwnd, minPipe());
    }
    if (phase == BbrPhase.PROBE_RTT) {
      cwnd = Math.min(cwnd, probeRttCwnd());
    }
    boundCwnd();
  }

  /** Section 5.6.4.7. */
  private void boundCwnd() {
    int cap =
        switch (phase) {
          case PROBE_BW_CRUISE, PROBE_RTT -> bounds.withHeadroom(mss, minPipe());
          case PROBE_BW_DOWN, PROBE_BW_REFILL, PROBE_BW_UP -> bounds.longTerm();
          case STARTUP, DRAIN -> BbrBounds.NONE;
        };
    cap = Math.max(Math.min(cap, bounds.shortTerm()), minPipe());
    cwnd = Math.min(cwnd, cap);
  }

  private void saveCwnd() {
    boolean whole = !recovering && phase != BbrPhase.PROBE_RTT;
    priorCwnd = whole ? cwnd : Math.max(priorCwnd, cwnd);
  }

  private void restoreCwnd() {
    cwnd = Math.max(cwnd, priorCwnd);
  }

  // ---- what loss recovery tells ----

  @Override
  public void congested(Cause cause, int inFlight, long now) {
    saveCwnd();
    bounds.save();
    undoPhase = phase;
    if (cause == Cause.ECN) {
      bounds.congestionInRound(); // RFC 3168 section 6.1.2: as for a loss
      return;
    }
    recovering = true;
    recoveryBegins = true;
    conserving = true;
    round.begin();
  }

  @Override
  public void recovered(int inFlight, long now) {
    if (recovering) {
      recovering = false;
      recoveryBegins = false;
      conserving = false;
      restoreCwnd();
      boundCwnd();
    }
  }

  @Override
  public void timedOut(int inFlight, boolean first, long now) {
    if (first) {
      saveCwnd();
      bounds.save();
      undoPhase = phase;
    }
    recovering = false;
    recoveryBegins = false;
    conserving = false;
    // Section 5.6.4.4: all that was in flight counts as lost, and one segment goes out
    cwnd = mss;
  }

  /** Section 5.5.11: the losses were none. */
  @Override
  public void undo(long now) {
    if (priorCwnd == 0) {
      return;
    }
    recovering = false;
    recoveryBegins = false;
    conserving = false;
    fullBandwidth.restart(0);
    bounds.restore();
    restoreCwnd();
    if (phase != BbrPhase.PROBE_RTT && phase != undoPhase && undoPhase == BbrPhase.STARTUP) {
      phase = undoPhase;
    }
  }

  /** Section 5.4.1: begin as fast as the path is known to be, without a burst. */
  @Override
  public void restarted(long idle, long rto, long now) {
    idleRestart = true;
    aggregation.restart(now);
    if (phase.isProbeBw()) {
      setPacingRate(1, -1);
    } else if (phase == BbrPhase.PROBE_RTT) {
      endProbeRtt(now);
    }
  }
}

package io.tapstack.tcp;

/**
 * BBR, draft-ietf-ccwg-bbr (version 3 of the algorithm): a model of the path, its bandwidth and its
 * round trip time without a queue, says how fast to send and how much to have in flight; losses
 * bound it only where they are many.
 *
 * <p>{@link BbrModel} is the model, {@link BbrWindow} computes rate and window by it, {@link
 * BbrProbing} says when to try to send more; this class goes from {@link BbrPhase} to {@link
 * BbrPhase}.
 *
 * <p>Two things differ from the draft. Losses are judged with the ACK that shows them, not for each
 * lost packet on its own. And an echo of "congestion experienced" (RFC 3168), of which the draft
 * does not speak, counts as a loss in this round trip: without it a path that marks would see a
 * queue of one and a half bandwidth-delay products and no answer.
 */
final class Bbr implements CongestionControl {
  /** Section 2.6: how long hardly anything is in flight, and how long at least a round trip. */
  private static final long PROBE_RTT_DURATION = 200_000_000;

  /** Section 5.3.1.3: losses in so many ACKs of a round trip end startup. */
  private static final int STARTUP_LOSSES = 6;

  private static final long UNSET = Long.MIN_VALUE;

  private final BbrModel model = new BbrModel();
  private final BbrWindow window = new BbrWindow(model);
  private final BbrProbing probing = new BbrProbing();

  // Parts of the model, for short.
  private final BbrRound round = model.round;
  private final BbrFullBandwidth fullBandwidth = model.fullBandwidth;
  private final BbrBounds bounds = model.bounds;

  private BbrPhase phase = BbrPhase.STARTUP;
  private BbrPhase undoPhase = BbrPhase.STARTUP;
  private boolean idleRestart;
  private int lossesInRound;
  private long probeRttDone = UNSET;
  private boolean probeRttRoundDone;

  BbrPhase phase() {
    return phase;
  }

  /** The estimate of what the path delivers, in bytes per second. */
  long maxBandwidth() {
    return model.maxBandwidth.value();
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
    model.begin(mss, initialWindow, now);
    window.begin(initialWindow);
  }

  @Override
  public void resumed(int cwnd, int ssthresh, long now) {
    window.begin(cwnd);
  }

  @Override
  public void mss(int mss) {
    model.mss = mss;
    window.atLeast(mss);
  }

  @Override
  public int cwnd() {
    return window.cwnd();
  }

  /** None: the model says what ssthresh says elsewhere. */
  @Override
  public int ssthresh() {
    return Integer.MAX_VALUE;
  }

  @Override
  public long pacingRate() {
    return window.pacingRate();
  }

  @Override
  public boolean controlsRecovery() {
    return true;
  }

  // ---- section 5.2.3: what an ACK does ----

  @Override
  public void acked(AckSample sample) {
    model.acked(sample, phase, window.cwnd());
    if (round.isStart()) {
      probing.roundBegan();
    }
    advancePhase(sample);
    model.advance(sample);
    window.acked(sample, phase);
  }

  private void advancePhase(AckSample sample) {
    long now = sample.now();
    checkStartupLoss(sample);
    if (phase == BbrPhase.STARTUP && fullBandwidth.isReached()) {
      phase = BbrPhase.DRAIN;
    }
    if (phase == BbrPhase.DRAIN && sample.inFlight() <= window.inFlight(1, phase)) {
      goDown(now);
    }
    if (fullBandwidth.isReached()) {
      boolean limited = model.isLimited(sample);
      adaptLongTerm(sample, limited);
      if (phase.isProbeBw()) {
        advanceCycle(sample);
      }
    }
    model.minRtt.sample(sample.rtt(), now);
    probeRtt(sample);
  }

  // ---- section 5.3.1: STARTUP ----

  /** Section 5.3.1.3: losing too much in a round trip, in several places, ends startup. */
  private void checkStartupLoss(AckSample sample) {
    if (model.lost() > 0) {
      lossesInRound++;
    }
    if (!bounds.isLossRoundStart()) {
      return;
    }
    boolean many = lossesInRound >= STARTUP_LOSSES && BbrBounds.isTooHigh(sample);
    lossesInRound = 0;
    if (phase == BbrPhase.STARTUP && window.isRecovering() && many) {
      fullBandwidth.reach();
      bounds.longTerm(Math.max(model.bandwidthDelay(1), bounds.latestInFlight()));
    }
  }

  // ---- section 5.3.3: PROBE_BW ----

  private void advanceCycle(AckSample sample) {
    long now = sample.now();
    switch (phase) {
      case PROBE_BW_DOWN, PROBE_BW_CRUISE -> {
        if (probing.isDue(Math.min(model.bandwidthDelay(1), window.cwnd()) / model.mss, now)) {
          refill();
        } else if (phase == BbrPhase.PROBE_BW_DOWN && hasDrained(sample.inFlight())) {
          phase = BbrPhase.PROBE_BW_CRUISE;
        }
      }
      case PROBE_BW_REFILL -> {
        // After one round trip what is in flight fills the pipe: now losses mean something.
        if (round.isStart()) {
          probing.samples = true;
          goUp(Math.max(sample.deliveryRate(), 0));
        }
      }
      case PROBE_BW_UP -> {
        if (sample.isCwndLimited() && window.cwnd() >= bounds.longTerm()) {
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
    return inFlight <= bounds.withHeadroom(model.mss, window.minPipe())
        && inFlight <= window.inFlight(1, phase);
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

  private void goUp(long rate) {
    probing.acks = BbrProbing.Acks.STARTING;
    round.begin();
    fullBandwidth.restart(rate);
    phase = BbrPhase.PROBE_BW_UP;
    probing.steeper(window.cwnd(), model.mss);
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
          model.maxBandwidth.advance();
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
      bounds.lower(sample.txInFlight(), Math.min(model.bandwidthDelay(1), window.cwnd()));
    }
    if (phase == BbrPhase.PROBE_BW_UP) {
      goDown(sample.now());
    }
  }

  private void raiseLongTerm(AckSample sample) {
    if (!sample.isCwndLimited() || window.cwnd() < bounds.longTerm()) {
      return;
    }
    bounds.raise(probing.rise(sample.delivered()));
    if (round.isStart()) {
      probing.steeper(window.cwnd(), model.mss);
    }
  }

  // ---- section 5.3.4: PROBE_RTT ----

  private void probeRtt(AckSample sample) {
    long now = sample.now();
    if (phase != BbrPhase.PROBE_RTT && model.minRtt.isProbeDue() && !idleRestart) {
      window.save(phase);
      phase = BbrPhase.PROBE_RTT;
      probeRttDone = UNSET;
      probing.acks = BbrProbing.Acks.STOPPING;
      round.begin();
    }
    if (phase == BbrPhase.PROBE_RTT) {
      model.limitsItself(sample);
      if (probeRttDone == UNSET) {
        if (sample.inFlight() <= window.probeRttCwnd()) {
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
    model.minRtt.probed(now);
    window.restore();
    bounds.resetShortTerm();
    if (fullBandwidth.isReached()) {
      goDown(now);
      phase = BbrPhase.PROBE_BW_CRUISE;
    } else {
      phase = BbrPhase.STARTUP;
    }
  }

  // ---- what loss recovery tells ----

  private void save() {
    window.save(phase);
    bounds.save();
    undoPhase = phase;
  }

  @Override
  public void congested(Cause cause, int inFlight, long now) {
    save();
    if (cause == Cause.ECN) {
      bounds.congestionInRound(); // RFC 3168 section 6.1.2: as for a loss
    } else {
      window.recoveryBegins();
    }
  }

  @Override
  public void recovered(int inFlight, long now) {
    window.recovered(phase);
  }

  @Override
  public void timedOut(int inFlight, boolean first, long now) {
    if (first) {
      save();
    }
    window.timedOut(); // section 5.6.4.4
  }

  /** Section 5.5.11: the losses were none. */
  @Override
  public void undo(long now) {
    if (!window.hasSaved()) {
      return;
    }
    window.endRecovery();
    fullBandwidth.restart(0);
    bounds.restore();
    window.restore();
    if (phase == BbrPhase.PROBE_RTT || phase == undoPhase) {
      return;
    }
    if (undoPhase == BbrPhase.STARTUP) {
      // The draft leaves "full bandwidth reached" as it is, which would end startup at once again.
      fullBandwidth.unreach();
      phase = BbrPhase.STARTUP;
    } else if (undoPhase == BbrPhase.PROBE_BW_UP) {
      goUp(0);
    }
  }

  /** Section 5.4.1: begin as fast as the path is known to be, without a burst. */
  @Override
  public void restarted(long idle, long rto, long now) {
    idleRestart = true;
    model.aggregation.restart(now);
    if (phase.isProbeBw()) {
      window.setRate(1, -1);
    } else if (phase == BbrPhase.PROBE_RTT) {
      endProbeRtt(now);
    }
  }
}

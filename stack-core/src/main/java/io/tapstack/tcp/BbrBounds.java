package io.tapstack.tcp;

/**
 * What losses have taught BBR: the bounds of draft-ietf-ccwg-bbr sections 5.5.10 and 5.3.3.
 * Long-term, how much in flight the path bears, which probing raises and much loss lowers;
 * short-term, what it delivers at the moment, which any loss lowers while nothing is probed.
 */
final class BbrBounds {
  /** Section 2.3: what is kept of a bound at a loss. */
  private static final double BETA = 0.7;

  /** Section 2.3: losing more than this part of what was in flight is too much. */
  private static final double LOSS_THRESHOLD = 0.02;

  /** Section 2.3: the part of the long-term bound that is left for others. */
  private static final double HEADROOM = 0.15;

  static final int NONE = Integer.MAX_VALUE;

  private int longTerm = NONE;
  private int shortTerm = NONE;
  private double bandwidth = Double.POSITIVE_INFINITY;

  // What the last loss round delivered.
  private double latestBandwidth;
  private int latestInFlight;
  private boolean lossInRound;
  private boolean lossRoundStart;
  private long lossRoundEnd;

  // What undo restores, section 5.5.11.
  private int savedLongTerm = NONE;
  private int savedShortTerm = NONE;
  private double savedBandwidth = Double.POSITIVE_INFINITY;

  int longTerm() {
    return longTerm;
  }

  void longTerm(int bytes) {
    longTerm = Math.min(bytes, Windows.MAX);
  }

  void raise(int bytes) {
    longTerm = Windows.grown(longTerm, bytes);
  }

  int shortTerm() {
    return shortTerm;
  }

  /** In bytes per second; infinite if there is none. */
  double bandwidth() {
    return bandwidth;
  }

  int latestInFlight() {
    return latestInFlight;
  }

  boolean isLossRoundStart() {
    return lossRoundStart;
  }

  /** The long-term bound without what is left for others. */
  int withHeadroom(int mss, int floor) {
    if (longTerm == NONE) {
      return NONE;
    }
    int headroom = (int) Math.max(HEADROOM * longTerm, mss);
    return Math.max(longTerm - headroom, floor);
  }

  /** Whether more was lost of what was in flight with the segment of the sample than is good. */
  static boolean isTooHigh(AckSample sample) {
    return sample.priorDelivered() >= 0
        && sample.totalLost() - sample.priorLost() > LOSS_THRESHOLD * sample.txInFlight();
  }

  /** Too much was lost: the long-term bound falls to what was in flight then. */
  void lower(int inFlight, int target) {
    longTerm = (int) Math.max(inFlight, BETA * target);
  }

  /**
   * An ACK arrived, with or without losses: its signals, and the short-term bounds once for each
   * round with losses.
   */
  void acked(AckSample sample, boolean loss, boolean probing, long maxBandwidth, int cwnd) {
    latestBandwidth = Math.max(latestBandwidth, sample.deliveryRate());
    latestInFlight = Math.max(latestInFlight, delivered(sample));
    lossRoundStart = sample.priorDelivered() >= lossRoundEnd;
    if (lossRoundStart) {
      lossRoundEnd = sample.totalDelivered();
    }
    lossInRound |= loss;
    if (!lossRoundStart) {
      return;
    }
    if (lossInRound && !probing) {
      double from = bandwidth == Double.POSITIVE_INFINITY ? maxBandwidth : bandwidth;
      int most = shortTerm == NONE ? cwnd : shortTerm;
      bandwidth = Math.max(latestBandwidth, BETA * from);
      shortTerm = (int) Math.max(latestInFlight, BETA * most);
    }
    lossInRound = false;
  }

  /** The ACK was dealt with: the next loss round begins with what it told. */
  void advance(AckSample sample) {
    if (lossRoundStart) {
      latestBandwidth = Math.max(sample.deliveryRate(), 0);
      latestInFlight = delivered(sample);
    }
  }

  private static int delivered(AckSample sample) {
    return (int) Math.min(sample.rateDelivered(), Windows.MAX);
  }

  /** Congestion was noticed in another way than by a loss. */
  void congestionInRound() {
    lossInRound = true;
  }

  /** A time of probing is over, and with it what its losses meant. */
  void resetSignals() {
    lossInRound = false;
    latestBandwidth = 0;
    latestInFlight = 0;
  }

  void resetShortTerm() {
    bandwidth = Double.POSITIVE_INFINITY;
    shortTerm = NONE;
  }

  void save() {
    savedLongTerm = longTerm;
    savedShortTerm = shortTerm;
    savedBandwidth = bandwidth;
  }

  void restore() {
    lossInRound = false;
    longTerm = Math.max(longTerm, savedLongTerm);
    shortTerm = Math.max(shortTerm, savedShortTerm);
    bandwidth = Math.max(bandwidth, savedBandwidth);
  }
}

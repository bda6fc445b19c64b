package io.tapstack.tcp;

/**
 * Congestion window validation, RFC 7661: how much of the window a connection has really used of
 * late. A window that was not used says nothing about the path: it is kept, but does not grow, and
 * is given up when congestion shows or when it was not used for minutes.
 *
 * <p>A sample of pipeACK is what was delivered while one segment was under way, which is what the
 * network carried in one round trip.
 */
final class WindowValidation {
  /** RFC 7661 section 4.2: the sampling period is three round trips, and at least a second. */
  private static final long MIN_SAMPLING_PERIOD = 1_000_000_000;

  /** RFC 7661 section 4.4.3: how long a window that is not used is kept. */
  private static final long NON_VALIDATED_PERIOD = 300_000_000_000L;

  /** RFC 7661 section 4.2.1: parts of the sampling period, each at least a round trip. */
  private static final int BUCKETS = 3;

  private static final long UNSET = -1;

  /** The greatest sample of each part, the oldest first, and of the part that is running. */
  private int oldest;

  private int older;
  private int old;
  private int running;
  private long bucketStart;

  /** What had been delivered when the first sample came: pipeACK is undefined for a round trip. */
  private long definedFrom = UNSET;

  private boolean defined;
  private boolean nonValidated;
  private long nonValidatedSince;

  // A recovery that began in the non-validated phase.
  private boolean recovering;
  private int lossFlight;
  private int lost;

  /** Takes in what an ACK told. */
  void acked(AckSample sample, int cwnd) {
    lost += sample.lost();
    if (sample.isRecovering() || sample.priorDelivered() < 0) {
      return; // section 4.4.1: pipeACK is not updated during loss recovery
    }
    long now = sample.now();
    long period = Math.max(BUCKETS * Math.max(sample.srtt(), 0), MIN_SAMPLING_PERIOD);
    if (definedFrom == UNSET) {
      definedFrom = sample.totalDelivered();
      bucketStart = now;
    }
    advance(now, period / BUCKETS);
    running = (int) Math.max(running, Math.min(sample.rateDelivered(), Integer.MAX_VALUE));
    defined |= sample.priorDelivered() >= definedFrom;
    // Section 4.3: validated while pipeACK is at least half the window
    boolean unused = defined && pipeAck() < cwnd / 2;
    if (unused && !nonValidated) {
      nonValidatedSince = now;
    }
    nonValidated = unused;
  }

  private void advance(long now, long width) {
    for (int i = 0; i <= BUCKETS && now - bucketStart >= width; i++) {
      oldest = older;
      older = old;
      old = running;
      running = 0;
      bucketStart += width;
    }
    if (now - bucketStart >= width) {
      bucketStart = now;
    }
  }

  /** What the network carried in a round trip, at most, in the sampling period. */
  int pipeAck() {
    return Math.max(Math.max(oldest, older), Math.max(old, running));
  }

  /** Whether the window has a value that the path has not confirmed of late (section 4.3). */
  boolean isNonValidated() {
    return nonValidated;
  }

  /**
   * Whether the window may grow: in the validated phase as the algorithm says, otherwise only if it
   * was all used (section 4.4).
   */
  boolean mayGrow(AckSample sample) {
    return !nonValidated || sample.isCwndLimited();
  }

  /** Whether another non-validated period has passed: the window is to be reduced. */
  boolean hasExpired(long now) {
    if (!nonValidated || now - nonValidatedSince < NON_VALIDATED_PERIOD) {
      return false;
    }
    nonValidatedSince = now;
    return true;
  }

  /**
   * Congestion was noticed: how much the network carried, from which the new window follows. That
   * is FlightSize, but not what limited transmit (RFC 5681 section 3.2 (2)) brought above the
   * window; and in the non-validated phase pipeACK if it is more (section 4.4.1).
   */
  int congested(int inFlight, int cwnd) {
    recovering = nonValidated;
    lossFlight = nonValidated ? Math.max(pipeAck(), inFlight) : inFlight;
    lossFlight = Math.min(lossFlight, cwnd);
    lost = 0;
    return lossFlight;
  }

  /**
   * Recovery ended: how much the network carried without what it lost, from which the window
   * follows (section 4.4.1), or -1 if the window of recovery stands.
   */
  int recovered() {
    int carried = recovering ? Math.max(lossFlight - lost, 0) : -1;
    reset();
    return carried;
  }

  /** Section 4.3: pipeACK is undefined at the start and after recovery. */
  void reset() {
    oldest = 0;
    older = 0;
    old = 0;
    running = 0;
    definedFrom = UNSET;
    defined = false;
    nonValidated = false;
    recovering = false;
  }
}

package io.tapstack.sim;

/**
 * What one direction of a cable does to frames. Immutable; start from {@link #NONE} and say what is
 * wrong with the wire:
 *
 * <pre>{@code
 * Impairment.NONE.delay(millis(20)).rate(10_000_000).queueFrames(50).loss(0.01)
 * }</pre>
 *
 * <p>A frame waits in the queue, where it may be marked, occupies the wire for its length at the
 * given rate, may then be lost, corrupted, duplicated or held back, and arrives after the delay.
 *
 * @param delayNanos how long a frame is under way, besides its transmission time
 * @param jitterNanos the most that is added to the delay, evenly distributed; frames stay in order
 * @param bitsPerSecond how fast frames follow each other; 0 for no limit, and then no queue
 * @param queueFrames the most frames that wait or are being transmitted
 * @param queueBytes the most bytes that wait or are being transmitted
 * @param markFrames when so many frames wait or are being transmitted, a frame that joins them and
 *     whose sender understands ECN is marked "congestion experienced" (RFC 3168 section 5)
 * @param loss the probability that a frame is lost, 0 to 1, each by itself
 * @param burstLoss losses that come in bursts, besides those
 * @param duplication the probability that a frame arrives twice, 0 to 1
 * @param corruption the probability that one bit of a frame is flipped, 0 to 1. It is one bit so
 *     that every Internet checksum notices it: two flips of one column cancel each other
 * @param reordering the probability that a frame is held back so that later ones overtake it
 * @param reorderingNanos the most that such a frame is held back, evenly distributed
 */
public record Impairment(
    long delayNanos,
    long jitterNanos,
    long bitsPerSecond,
    int queueFrames,
    long queueBytes,
    int markFrames,
    double loss,
    BurstLoss burstLoss,
    double duplication,
    double corruption,
    double reordering,
    long reorderingNanos) {

  /** A perfect wire: no delay, no limit, no error. The queue, once there is a rate: 1000 frames. */
  public static final Impairment NONE =
      new Impairment(
          0, 0, 0, 1000, Long.MAX_VALUE, Integer.MAX_VALUE, 0, BurstLoss.NONE, 0, 0, 0, 0);

  /** Checks the ranges. */
  public Impairment {
    atLeastZero("delay", delayNanos);
    atLeastZero("jitter", jitterNanos);
    atLeastZero("rate", bitsPerSecond);
    atLeastZero("time held back", reorderingNanos);
    if (queueFrames < 1 || queueBytes < 1) {
      throw new IllegalArgumentException(
          "a queue of "
              + queueFrames
              + " frames and "
              + queueBytes
              + " bytes; at least one frame must fit, or nothing is ever sent");
    }
    if (markFrames < 0) {
      throw new IllegalArgumentException(
          "a queue that marks from " + markFrames + " frames on; expected 0 or more");
    }
    probability("loss", loss);
    probability("duplication", duplication);
    probability("corruption", corruption);
    probability("reordering", reordering);
  }

  private static void atLeastZero(String what, long value) {
    if (value < 0) {
      throw new IllegalArgumentException("a " + what + " of " + value + "; expected 0 or more");
    }
  }

  static void probability(String what, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(
          "a probability of " + what + " of " + value + "; expected 0 to 1");
    }
  }

  /** With this delay. */
  public Impairment delay(long nanos) {
    return new Impairment(
        nanos,
        jitterNanos,
        bitsPerSecond,
        queueFrames,
        queueBytes,
        markFrames,
        loss,
        burstLoss,
        duplication,
        corruption,
        reordering,
        reorderingNanos);
  }

  /** With up to so much added to the delay; frames stay in order. */
  public Impairment jitter(long nanos) {
    return new Impairment(
        delayNanos,
        nanos,
        bitsPerSecond,
        queueFrames,
        queueBytes,
        markFrames,
        loss,
        burstLoss,
        duplication,
        corruption,
        reordering,
        reorderingNanos);
  }

  /** With this rate in bits per second. */
  public Impairment rate(long bits) {
    return new Impairment(
        delayNanos,
        jitterNanos,
        bits,
        queueFrames,
        queueBytes,
        markFrames,
        loss,
        burstLoss,
        duplication,
        corruption,
        reordering,
        reorderingNanos);
  }

  /** With a queue of at most so many frames. */
  public Impairment queueFrames(int frames) {
    return new Impairment(
        delayNanos,
        jitterNanos,
        bitsPerSecond,
        frames,
        queueBytes,
        markFrames,
        loss,
        burstLoss,
        duplication,
        corruption,
        reordering,
        reorderingNanos);
  }

  /** With a queue of at most so many bytes. */
  public Impairment queueBytes(long bytes) {
    return new Impairment(
        delayNanos,
        jitterNanos,
        bitsPerSecond,
        queueFrames,
        bytes,
        markFrames,
        loss,
        burstLoss,
        duplication,
        corruption,
        reordering,
        reorderingNanos);
  }

  /** With a queue that marks frames from this length on, if their sender understands ECN. */
  public Impairment markFrames(int frames) {
    return new Impairment(
        delayNanos,
        jitterNanos,
        bitsPerSecond,
        queueFrames,
        queueBytes,
        frames,
        loss,
        burstLoss,
        duplication,
        corruption,
        reordering,
        reorderingNanos);
  }

  /** With this probability of loss. */
  public Impairment loss(double probability) {
    return new Impairment(
        delayNanos,
        jitterNanos,
        bitsPerSecond,
        queueFrames,
        queueBytes,
        markFrames,
        probability,
        burstLoss,
        duplication,
        corruption,
        reordering,
        reorderingNanos);
  }

  /** With losses in bursts. */
  public Impairment burstLoss(BurstLoss bursts) {
    return new Impairment(
        delayNanos,
        jitterNanos,
        bitsPerSecond,
        queueFrames,
        queueBytes,
        markFrames,
        loss,
        bursts,
        duplication,
        corruption,
        reordering,
        reorderingNanos);
  }

  /** With this probability of duplication. */
  public Impairment duplication(double probability) {
    return new Impairment(
        delayNanos,
        jitterNanos,
        bitsPerSecond,
        queueFrames,
        queueBytes,
        markFrames,
        loss,
        burstLoss,
        probability,
        corruption,
        reordering,
        reorderingNanos);
  }

  /** With this probability of a flipped bit. */
  public Impairment corruption(double probability) {
    return new Impairment(
        delayNanos,
        jitterNanos,
        bitsPerSecond,
        queueFrames,
        queueBytes,
        markFrames,
        loss,
        burstLoss,
        duplication,
        probability,
        reordering,
        reorderingNanos);
  }

  /** With this probability that a frame is held back by up to so many nanoseconds. */
  public Impairment reordering(double probability, long nanos) {
    return new Impairment(
        delayNanos,
        jitterNanos,
        bitsPerSecond,
        queueFrames,
        queueBytes,
        markFrames,
        loss,
        burstLoss,
        duplication,
        corruption,
        probability,
        nanos);
  }
}

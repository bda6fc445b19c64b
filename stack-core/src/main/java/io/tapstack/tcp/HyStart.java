package io.tapstack.tcp;

/**
 * When the first slow start ends: HyStart++, RFC 9406. A round trip that is clearly longer than the
 * one before means that a queue grows; then conservative slow start (CSS) grows by a quarter as
 * much, and ends slow start unless the round trips turn out to be short again.
 */
final class HyStart {
  // RFC 9406 section 4.3
  private static final long MIN_RTT_THRESH = 4_000_000;
  private static final long MAX_RTT_THRESH = 16_000_000;
  private static final int MIN_RTT_DIVISOR = 8;
  private static final int RTT_SAMPLES = 8;
  private static final int CSS_GROWTH_DIVISOR = 4;
  private static final int CSS_ROUNDS = 5;

  /** The limit L for each ACK in segments where nothing spreads the segments over time. */
  private static final int LIMIT = 8;

  private static final long INFINITE = Long.MAX_VALUE;

  private long roundEnd;
  private long lastRoundMin = INFINITE;
  private long roundMin = INFINITE;
  private int samples;

  private boolean conservative;
  private long baseline = INFINITE;
  private int conservativeRounds;

  /** Quarters of bytes that conservative slow start has not added yet. */
  private int rest;

  /**
   * Takes in an ACK in the first slow start.
   *
   * @return whether slow start is over
   */
  boolean acked(AckSample sample) {
    boolean over = false;
    if (sample.priorDelivered() >= roundEnd) {
      over = endRound(sample.totalDelivered());
    }
    long rtt = sample.rtt();
    if (rtt > 0) {
      roundMin = Math.min(roundMin, rtt);
      samples++;
    }
    if (samples >= RTT_SAMPLES && roundMin != INFINITE) {
      if (conservative) {
        if (roundMin < baseline) {
          conservative = false; // it was jitter
          baseline = INFINITE;
        }
      } else if (lastRoundMin != INFINITE) {
        long threshold =
            Math.max(MIN_RTT_THRESH, Math.min(lastRoundMin / MIN_RTT_DIVISOR, MAX_RTT_THRESH));
        if (roundMin >= lastRoundMin + threshold) {
          baseline = roundMin;
          conservative = true;
          conservativeRounds = 0;
        }
      }
    }
    return over && conservative;
  }

  /** Whether CSS has lasted for its rounds; the one in which it began counts. */
  private boolean endRound(long delivered) {
    roundEnd = delivered;
    lastRoundMin = roundMin;
    roundMin = INFINITE;
    samples = 0;
    return conservative && ++conservativeRounds >= CSS_ROUNDS;
  }

  boolean isConservative() {
    return conservative;
  }

  /** By how many bytes the window grows (section 4.2). */
  int growth(AckSample sample, int mss) {
    int bytes = sample.isPaced() ? sample.acked() : Math.min(sample.acked(), LIMIT * mss);
    if (!conservative) {
      return bytes;
    }
    rest += bytes % CSS_GROWTH_DIVISOR;
    int more = rest / CSS_GROWTH_DIVISOR;
    rest %= CSS_GROWTH_DIVISOR;
    return bytes / CSS_GROWTH_DIVISOR + more;
  }
}

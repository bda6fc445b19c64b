package io.tapstack.tcp;

/**
 * The retransmission timeout of RFC 6298 from measured round trips. Times are in nanoseconds.
 *
 * <p>The floor is configurable and 200 ms by default as in Linux, not the 1 s of RFC 6298 (2.4),
 * which that section itself calls conservative: delayed ACKs are at most 40 ms here and in Linux.
 */
final class RttEstimator {
  /** RFC 6298 section 2: G, the clock's granularity; timestamps tick in milliseconds. */
  private static final long GRANULARITY = 1_000_000;

  private final long minRto;
  private final long maxRto;
  private long srtt = -1;
  private long rttvar;
  private long rto;
  private int backoff;

  RttEstimator(TcpConfig config) {
    minRto = config.minRtoNanos();
    maxRto = config.maxRtoNanos();
    rto = config.initialRtoNanos();
  }

  /** Takes a measurement of a segment that was sent once (Karn) or carried a timestamp. */
  void sample(long rtt) {
    long r = Math.max(rtt, 0);
    if (srtt < 0) {
      // RFC 6298 (2.2)
      srtt = r;
      rttvar = r / 2;
    } else {
      // RFC 6298 (2.3): RTTVAR before SRTT, beta 1/4, alpha 1/8
      rttvar += (Math.abs(srtt - r) - rttvar) / 4;
      srtt += (r - srtt) / 8;
    }
    rto = Math.min(srtt + Math.max(Math.max(GRANULARITY, 4 * rttvar), minRto), maxRto);
    backoff = 0;
  }

  /** The current timeout, back-off included. */
  long rto() {
    return Math.min(rto << Math.min(backoff, 16), maxRto);
  }

  /** RFC 6298 (5.5): doubles the timeout after it expired; the next measurement ends that. */
  void backOff() {
    backoff++;
  }

  /** RFC 6298 (5.7): a SYN's timer expired, so data transmission begins with 3 seconds. */
  void afterSynTimeout() {
    backoff = 0;
    if (srtt < 0) {
      rto = Math.max(rto, 3_000_000_000L);
    }
  }

  /** How often the timeout was doubled. */
  int backoff() {
    return backoff;
  }

  /** The smoothed round trip time, or -1 before the first measurement. */
  long srtt() {
    return srtt;
  }

  /** The round trip time's variation. */
  long rttvar() {
    return rttvar;
  }
}

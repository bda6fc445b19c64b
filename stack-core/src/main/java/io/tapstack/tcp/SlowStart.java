package io.tapstack.tcp;

/**
 * By how much slow start grows for one ACK: appropriate byte counting, RFC 3465. By bytes, so that
 * a receiver gains nothing by splitting ACKs (RFC 3465 section 2.1).
 */
final class SlowStart {
  /** RFC 3465 section 2.2: L, which makes up for delayed ACKs. */
  private static final int LIMIT = 2;

  /** RFC 3465 section 2.3: one segment for each ACK in the slow start that follows a timeout. */
  private static final int LIMIT_AFTER_TIMEOUT = 1;

  private int limit = LIMIT;

  /** The retransmission timer expired: ACKs may cover what had arrived long before. */
  void timedOut() {
    limit = LIMIT_AFTER_TIMEOUT;
  }

  /** Slow start, or what made it begin, is over. */
  void ended() {
    limit = LIMIT;
  }

  /** By how many bytes the window grows. */
  int growth(int acked, int mss) {
    return Math.min(acked, limit * mss);
  }
}

package io.tapstack.tcp;

/**
 * What duplicate ACKs tell of a peer without SACK: each says that some segment arrived, without
 * saying which (RFC 5681 section 3.2, RFC 6582).
 */
final class DuplicateAcks {
  /** RFC 5681 section 3.2: the duplicate ACK that is taken for a loss. */
  private static final int THRESHOLD = 3;

  private int received;

  /** What {@link #received} may come to, until SND.UNA moves; 0 while no loss was seen. */
  private int limit;

  /** How many segments beyond the first hole have arrived. */
  int received() {
    return received;
  }

  boolean isLoss() {
    return received >= THRESHOLD;
  }

  /**
   * A duplicate ACK arrived.
   *
   * @param outstanding how many segments are; never can more than all but one have arrived, however
   *     many duplicates a peer makes up. RFC 5681 section 3.2 (4): those count that were out when
   *     the loss was seen, or when SND.UNA moved last; else each duplicate would let out the
   *     segment that the next one counts for.
   * @return whether it counts
   */
  boolean duplicate(int outstanding) {
    if (limit == 0 && isLoss()) {
      limit = outstanding - 1;
    }
    int most = limit == 0 ? Math.max(outstanding, 2) - 1 : limit;
    if (received >= most) {
      return false;
    }
    received++;
    return true;
  }

  /** SND.UNA moved by so many segments: all but the first of them had been counted. */
  void advanced(int segments) {
    if (segments > 0) {
      limit = 0;
      received = Math.max(received - (segments - 1), 0);
    }
  }

  void reset() {
    received = 0;
    limit = 0;
  }
}

package io.tapstack.tcp;

/**
 * What duplicate ACKs tell of a peer without SACK: each says that some segment arrived, without
 * saying which (RFC 5681 section 3.2, RFC 6582).
 */
final class DuplicateAcks {
  /** RFC 5681 section 3.2: the duplicate ACK that is taken for a loss. */
  private static final int THRESHOLD = 3;

  private int received;

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
   *     many duplicates a peer makes up
   * @return whether it counts
   */
  boolean duplicate(int outstanding) {
    if (received + 1 >= Math.max(outstanding, 2)) {
      return false;
    }
    received++;
    return true;
  }

  /** SND.UNA moved by so many segments: all but the first of them had been counted. */
  void advanced(int segments) {
    if (segments > 0) {
      received = Math.max(received - (segments - 1), 0);
    }
  }

  void reset() {
    received = 0;
  }
}

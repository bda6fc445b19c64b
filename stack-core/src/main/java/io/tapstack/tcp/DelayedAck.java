package io.tapstack.tcp;

/**
 * When in-order data is acknowledged: RFC 9293 section 3.8.6.3. An ACK waits for a second
 * full-sized segment (SHLD-19) or for the delay (MUST-40), but not at the beginning of a
 * connection, after a loss and after a pause, where the peer's congestion window grows by our ACKs
 * and would wait for them (as Linux's quick ACKs); unless the application answers what it reads,
 * for then its data carries the ACK.
 */
final class DelayedAck {
  /**
   * What counts as full-sized before anything came: the least MSS that must be possible, MUST-16.
   */
  private static final int LEAST_FULL_SIZE = 536;

  private final int most;
  private final long delay;
  private int quick;
  private boolean interactive;
  private boolean began;
  private long lastData;
  private int lastLength;

  /** What the peer sends as full-sized segments: what SHLD-19 counts. */
  int fullSize = LEAST_FULL_SIZE;

  /**
   * @param most how many segments in a row are acknowledged at once
   * @param delay how long an ACK waits otherwise, in nanoseconds
   */
  DelayedAck(int most, long delay) {
    this.most = most;
    this.delay = delay;
  }

  /**
   * New data came in order.
   *
   * @param mss the most that a segment can bring
   * @param window what the peer may send
   */
  void received(int length, int mss, int window, long now, long rto) {
    measure(length, mss);
    if (!began || now - lastData > rto) {
      // The first of all, or the first after a pause: the peer is in slow start.
      quicken(window);
    }
    began = true;
    lastData = now;
  }

  /** Two segments of one size say that the peer's path has become narrower. */
  private void measure(int length, int mss) {
    int size = Math.min(length, mss);
    if (size >= fullSize || size >= LEAST_FULL_SIZE && size == lastLength) {
      fullSize = size;
    }
    lastLength = size;
  }

  /** Something was lost, doubled or out of order: the peer needs to hear soon. */
  void disturbed(int window) {
    interactive = false;
    quicken(window);
  }

  private void quicken(int window) {
    // Enough for the window: the ACKs of half its segments.
    int useful = Math.max(window / (2 * fullSize), 2);
    quick = Math.max(quick, Math.min(useful, most));
  }

  /** Whether the next ACK is not delayed. */
  boolean isQuick() {
    return quick > 0 && !interactive;
  }

  /** An ACK that was owed has been sent. */
  void sent() {
    if (quick > 0) {
      quick--;
    }
  }

  /** Data was sent: soon after some came, it is an answer. */
  void answered(long now) {
    if (began && now - lastData < delay) {
      interactive = true;
    }
  }

  /** TCP_QUICKACK: whether ACKs may be quick. */
  void allow(boolean on) {
    interactive = !on;
  }

  /** Whether ACKs wait for the application's answers. */
  boolean isInteractive() {
    return interactive;
  }
}

package io.tapstack.tcp;

/**
 * How much a connection may have unread, and how it grows: dynamic right-sizing (Fisk and Feng,
 * "Dynamic right-sizing in TCP", 2001) as in Linux. What the application has taken within one round
 * trip is about what the peer's congestion window lets it send; a buffer of twice that lets the
 * window grow unhindered. So a path's bandwidth-delay product is learned, and an application that
 * reads slowly is given no memory to be slow with.
 *
 * <p>A receiver's round trip is the age of the timestamp that new data echoes (RFC 7323 section 4),
 * or without timestamps the time in which a whole window arrives.
 *
 * <p>Thread: the owner of the stack.
 */
final class ReceiveBuffer {
  /** What a sender sends in its first round trip, RFC 6928. */
  private static final int INITIAL_SEGMENTS = 10;

  private static final long LEAST_ROUND_TRIP = 1_000_000;

  private final int max;
  private int size;
  private boolean fixed;
  private int clamp = Integer.MAX_VALUE;

  // ---- the round trip as a receiver sees it ----
  private long roundTrip;
  private int lastEcho;
  private boolean timing;
  private int timedUntil;
  private long timedSince;

  // ---- what the application took ----
  private boolean counting;
  private long countedSince;
  private long countedFrom;
  private int perRoundTrip;

  ReceiveBuffer(TcpConfig config) {
    size = config.receiveBuffer();
    max = config.receiveAutoTuning() ? config.maxReceiveBuffer() : size;
  }

  /** How many bytes may be unread. */
  int size() {
    return size;
  }

  /** The window is never larger than this, TCP_WINDOW_CLAMP. */
  int clamp() {
    return clamp;
  }

  /** TCP_WINDOW_CLAMP. */
  void clamp(int bytes) {
    clamp = bytes;
  }

  /** SO_RCVBUF: a size that the application has chosen does not change any more. */
  void fix(int bytes) {
    size = bytes;
    fixed = true;
  }

  /** The receiver's round trip in nanoseconds, 0 if it is not known yet. */
  long roundTrip() {
    return roundTrip;
  }

  /** Takes a round trip from an echoed timestamp; {@code age} in nanoseconds. */
  void echoed(int echo, long age) {
    if (echo != lastEcho) {
      lastEcho = echo;
      long sample = Math.max(age, LEAST_ROUND_TRIP);
      roundTrip = roundTrip == 0 ? sample : roundTrip + (sample - roundTrip) / 8;
    }
  }

  /** Takes a round trip from the time in which a window arrived, which may be longer than one. */
  void arrived(int rcvNxt, int rcvAdv, long now) {
    if (timing && Seq.lt(rcvNxt, timedUntil)) {
      return;
    }
    if (timing) {
      long sample = Math.max(now - timedSince, LEAST_ROUND_TRIP);
      roundTrip = roundTrip == 0 ? sample : Math.min(roundTrip, sample);
    }
    timing = true;
    timedUntil = rcvAdv;
    timedSince = now;
  }

  /**
   * The application has taken data; once per round trip the buffer is fitted to it.
   *
   * @param consumed how many bytes it has taken since the connection began
   * @param mss what a full segment of the peer's brings
   * @param mayGrow whether there is memory for it
   * @return whether it would have grown if there were
   */
  boolean consumed(long consumed, int mss, boolean mayGrow, long now) {
    if (!counting) {
      counting = true;
      countedSince = now;
      perRoundTrip = Math.min(size, INITIAL_SEGMENTS * mss);
      return false;
    }
    if (roundTrip == 0 || now - countedSince < roundTrip) {
      return false;
    }
    boolean refused = false;
    int taken = (int) Math.min(consumed - countedFrom, Integer.MAX_VALUE);
    if (taken > perRoundTrip) {
      // Twice what came, for slow start doubles; and by how much that is growing, twice.
      long wanted = 2L * taken + 16L * mss;
      wanted += 2 * (wanted * (taken - perRoundTrip) / perRoundTrip);
      wanted = Math.min(wanted, max);
      if (!fixed && wanted > size) {
        refused = !mayGrow;
        size = mayGrow ? (int) wanted : size;
      }
      perRoundTrip = taken;
    }
    countedFrom = consumed;
    countedSince = now;
    return refused;
  }
}

package io.tapstack.tcp;

/**
 * The search for the largest packet that a path carries, by packetization layer path MTU discovery
 * (RFC 4821, with the names of RFC 8899): packets of {@link #low()} arrive, those above {@link
 * #high} are known or expected not to, and a probe in between, which is a segment of real data,
 * tells more. The upper bound is tried first, since it is right where segments were lost for
 * another reason; then the interval is halved.
 *
 * <p>Sizes are those of IP packets in bytes.
 */
final class MtuSearch {
  /** Linux's tcp_probe_threshold: a smaller interval is not worth a probe. */
  private static final int THRESHOLD = 8;

  /** PMTU_RAISE_TIMER of RFC 8899 section 5.1.1: when a search that ended begins again. */
  static final long RAISE = 600_000_000_000L;

  private boolean on;
  private int low;
  private int high;
  private boolean highFailed;
  private long raiseAt;

  /** The probe in flight, or 0; and its sequence numbers. */
  private int probe;

  private int start;
  private int end;

  boolean isOn() {
    return on;
  }

  /** The largest packet that is known to arrive, or is assumed to. */
  int low() {
    return low;
  }

  /** Packets of {@code low} bytes shall arrive: the search goes from there to {@code high}. */
  void begin(int low, int high) {
    on = true;
    this.low = low;
    this.high = high;
    highFailed = false;
    probe = 0;
  }

  /** Routers or peer allow no more than this. */
  void limit(int most) {
    high = Math.min(high, most);
    low = Math.min(low, most);
    if (probe > most) {
      probe = 0;
    }
  }

  /**
   * The size of the probe to be sent next, or 0.
   *
   * @param most what link, routers and peer allow
   */
  int next(int most, long now) {
    if (!on || probe != 0) {
      return 0;
    }
    if (high - low < THRESHOLD) {
      if (most - low < THRESHOLD || now < raiseAt) {
        return 0;
      }
      high = most;
      highFailed = false;
    }
    return highFailed ? (low + high) >>> 1 : high;
  }

  void sent(int size, int from, int to) {
    probe = size;
    start = from;
    end = to;
  }

  /** Whether these are the sequence numbers of the probe in flight. */
  boolean isProbe(int from, int to) {
    return probe != 0 && from == start && to == end;
  }

  boolean isOutstanding() {
    return probe != 0;
  }

  int start() {
    return start;
  }

  /** RFC 4821 section 7.6.1: the probe arrived. */
  void succeeded(long now) {
    low = probe;
    probe = 0;
    rest(now);
  }

  /** RFC 4821 section 7.6.2: the probe alone was lost. */
  void failed(long now) {
    high = probe - 1;
    highFailed = true;
    probe = 0;
    rest(now);
  }

  private void rest(long now) {
    if (high - low < THRESHOLD) {
      raiseAt = now + RAISE;
    }
  }

  /** RFC 4821 sections 7.6.3 and 7.6.4: it was lost among others, which says nothing. */
  void inconclusive() {
    probe = 0;
  }
}

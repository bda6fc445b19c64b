package io.tapstack.tcp;

/**
 * When BBR probes for more bandwidth, and how fast what is in flight may rise meanwhile:
 * draft-ietf-ccwg-bbr sections 5.3.3.5 (time scale) and 5.3.3.6.
 */
final class BbrProbing {
  /** Where the samples of a probe stand: the ACKs come a round trip after what they speak of. */
  enum Acks {
    INIT,
    REFILLING,
    STARTING,
    FEEDBACK,
    STOPPING
  }

  /** Two to three seconds, so that flows that share a path do not probe in step. */
  private static final long BASE_WAIT = 2_000_000_000L;

  private static final int RANDOM_WAIT_BITS = 30; // about a second

  /** Reno would need so many round trips to come back: with short round trips, probe as often. */
  private static final int MAX_RENO_ROUNDS = 63;

  private static final int MAX_SLOPE = 30;

  private long random;
  private long wait;
  private long since;
  private int roundsSince;

  Acks acks = Acks.INIT;

  /** Whether losses of what is acknowledged now are due to the probe. */
  boolean samples;

  private int upRounds;
  private long upAcked;
  private long upCount = Long.MAX_VALUE;

  void seed(long seed) {
    random = seed;
  }

  /** SplitMix64, from the seed that the stack gave the connection. */
  private long draw() {
    random += 0x9e3779b97f4a7c15L;
    long z = (random ^ random >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  void roundBegan() {
    roundsSince = Math.min(roundsSince + 1, MAX_RENO_ROUNDS);
  }

  /** A probe has ended: the time of the next one is drawn. */
  void ended(long now) {
    long bits = draw();
    roundsSince = (int) (bits & 1);
    wait = BASE_WAIT + (bits >>> 64 - RANDOM_WAIT_BITS);
    since = now;
    upCount = Long.MAX_VALUE;
    acks = Acks.STOPPING;
  }

  /**
   * Whether it is time for the next probe.
   *
   * @param target what is to be in flight, in segments
   */
  boolean isDue(int target, long now) {
    return now - since > wait || roundsSince >= Math.min(target, MAX_RENO_ROUNDS);
  }

  void refilling() {
    upRounds = 0;
    upAcked = 0;
    acks = Acks.REFILLING;
  }

  /** The probe goes up by one segment in the first round trip, by two in the next, and so on. */
  void steeper(int cwnd, int mss) {
    long growth = (long) mss << upRounds;
    upRounds = Math.min(upRounds + 1, MAX_SLOPE);
    upCount = Math.max(cwnd / growth, 1);
  }

  /** By how much the long-term bound rises for what an ACK delivered. */
  int rise(int delivered) {
    upAcked += delivered;
    long rise = upAcked / upCount;
    upAcked -= rise * upCount;
    return (int) Math.min(rise, Windows.MAX);
  }
}

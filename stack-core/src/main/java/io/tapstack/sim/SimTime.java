package io.tapstack.sim;

/** Spans of virtual time in nanoseconds, to be imported statically. */
public final class SimTime {
  private SimTime() {}

  /** So many microseconds. */
  public static long micros(long count) {
    return Math.multiplyExact(count, 1_000L);
  }

  /** So many milliseconds. */
  public static long millis(long count) {
    return Math.multiplyExact(count, 1_000_000L);
  }

  /** So many seconds. */
  public static long seconds(long count) {
    return Math.multiplyExact(count, 1_000_000_000L);
  }
}

package io.tapstack.tcp;

/** The keepalive settings of one connection, and how many probes went unanswered. */
final class KeepAlive {
  /** Shorter ones would make a timer that is due again in the turn in which it fires. */
  private static final long SHORTEST = 1_000_000;

  final long idle;
  final long interval;
  final int limit;
  int unanswered;

  KeepAlive(long idle, long interval, int limit) {
    this.idle = Math.max(idle, SHORTEST);
    this.interval = Math.max(interval, SHORTEST);
    this.limit = limit;
  }
}

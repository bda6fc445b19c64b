package io.tapstack.tcp;

/** The keepalive settings of one connection, and how many probes went unanswered. */
final class KeepAlive {
  final long idle;
  final long interval;
  final int limit;
  int unanswered;

  KeepAlive(long idle, long interval, int limit) {
    this.idle = idle;
    this.interval = interval;
    this.limit = limit;
  }
}

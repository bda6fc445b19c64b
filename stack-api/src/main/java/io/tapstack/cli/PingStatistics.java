package io.tapstack.cli;

import java.util.Locale;

/** What a {@code ping} sums up in the end. Thread: any. */
final class PingStatistics {
  private int sent;
  private int received;
  private double least = Double.MAX_VALUE;
  private double most;
  private double sum;
  private double squares;

  synchronized void sent() {
    sent++;
  }

  synchronized void received(long nanos) {
    double millis = nanos / 1e6;
    received++;
    least = Math.min(least, millis);
    most = Math.max(most, millis);
    sum += millis;
    squares += millis * millis;
  }

  synchronized int received() {
    return received;
  }

  /** Two lines, the second only if anything came back. */
  @Override
  public synchronized String toString() {
    double lost = sent == 0 ? 0 : 100.0 * (sent - received) / sent;
    String counts =
        String.format(Locale.ROOT, "%d sent, %d received, %.0f%% lost", sent, received, lost);
    if (received == 0) {
      return counts;
    }
    double mean = sum / received;
    double deviation = Math.sqrt(Math.max(0, squares / received - mean * mean));
    return counts
        + String.format(
            Locale.ROOT,
            "%nround trip min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms",
            least,
            mean,
            most,
            deviation);
  }
}

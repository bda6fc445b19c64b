package io.tapstack.it.relay;

import java.util.Arrays;

/**
 * What a receiver counted.
 *
 * @param seconds since the connection was accepted
 * @param marks how many bytes there were after each 100 ms
 */
record Received(long bytes, double seconds, long[] marks) {
  static long[] marks(String commaSeparated) {
    return commaSeparated.isEmpty()
        ? new long[0]
        : Arrays.stream(commaSeparated.split(",")).mapToLong(Long::parseLong).toArray();
  }

  /** In Mbit/s, over the whole time. */
  double goodput() {
    return bytes * 8 / 1e6 / seconds;
  }

  /** In Mbit/s, without the first third of the time: what is left once slow start is over. */
  double goodputLater() {
    int from = marks.length / 3;
    return from == 0
        ? 0
        : (marks[marks.length - 1] - marks[from]) * 8 / 1e5 / (marks.length - 1 - from);
  }
}

package io.tapstack.sim;

/**
 * The queue in front of a wire of limited rate: when each frame in it will have left, and how long
 * it is. A frame's departure is known when it comes in, so the queue needs no events of its own.
 */
final class DepartureQueue {
  private long[] departures = new long[16];
  private int[] lengths = new int[16];
  private int head;
  private int frames;
  private long bytes;

  /** Forgets the frames that have left by now. */
  void advance(long now) {
    while (frames > 0 && departures[head] <= now) {
      bytes -= lengths[head];
      head = head + 1 & departures.length - 1;
      frames--;
    }
  }

  void add(long departure, int length) {
    if (frames == departures.length) {
      grow();
    }
    int tail = head + frames & departures.length - 1;
    departures[tail] = departure;
    lengths[tail] = length;
    frames++;
    bytes += length;
  }

  private void grow() {
    long[] moreDepartures = new long[2 * frames];
    int[] moreLengths = new int[2 * frames];
    for (int i = 0; i < frames; i++) {
      int from = head + i & frames - 1;
      moreDepartures[i] = departures[from];
      moreLengths[i] = lengths[from];
    }
    departures = moreDepartures;
    lengths = moreLengths;
    head = 0;
  }

  int frames() {
    return frames;
  }

  long bytes() {
    return bytes;
  }
}

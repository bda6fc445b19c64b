package io.tapstack.cli.report;

import io.tapstack.sim.Impairment;

/**
 * A path with one bottleneck, as the report draws it.
 *
 * @param rttNanos the round trip without any queue; half of it each way
 * @param bitsPerSecond the bottleneck's rate, Ethernet headers included
 * @param loss the share of frames that are lost, each by itself
 * @param reordering the share of frames that later ones overtake
 * @param heldNanos how long those are held back at most, evenly distributed
 * @param bothWays whether ACKs meet with loss and reordering as well
 */
record SimPath(
    long rttNanos,
    long bitsPerSecond,
    double loss,
    double reordering,
    long heldNanos,
    boolean bothWays) {

  /** An Ethernet frame of the largest size: MTU and header. */
  static final int FRAME = 1514;

  /** The payload of such a frame: IPv4, TCP and its timestamps take 52 bytes. */
  static final int PAYLOAD = 1448;

  /** No queue is shorter, in frames. */
  private static final int SHORTEST_QUEUE = 20;

  /** A perfect path of this round trip time and rate. */
  static SimPath of(long rttNanos, long bitsPerSecond) {
    return new SimPath(rttNanos, bitsPerSecond, 0, 0, 0, false);
  }

  SimPath lossy(double share) {
    return new SimPath(rttNanos, bitsPerSecond, share, reordering, heldNanos, bothWays);
  }

  SimPath reordering(double share, long nanos) {
    return new SimPath(rttNanos, bitsPerSecond, loss, share, nanos, bothWays);
  }

  SimPath inBothDirections() {
    return new SimPath(rttNanos, bitsPerSecond, loss, reordering, heldNanos, true);
  }

  /** A round trip of a full segment without any queue: its own transmission is a part of it. */
  double roundTripSeconds() {
    return rttNanos / 1e9 + FRAME * 8.0 / bitsPerSecond;
  }

  /** What the bottleneck carries of payload at most, in bits per second. */
  double payloadRate() {
    return bitsPerSecond * (double) PAYLOAD / FRAME;
  }

  /** How many frames of the largest size fill the path: its bandwidth-delay product. */
  int framesInFlight() {
    return (int) Math.ceil(bitsPerSecond / 8e9 * rttNanos / FRAME);
  }

  /** The drop-tail queue in front of the bottleneck: one bandwidth-delay product. */
  int queueFrames() {
    return Math.max(SHORTEST_QUEUE, framesInFlight());
  }

  /** What the bottleneck does to data. */
  Impairment data() {
    return Impairment.NONE
        .delay(rttNanos - rttNanos / 2)
        .rate(bitsPerSecond)
        .queueFrames(queueFrames())
        .loss(loss)
        .reordering(reordering, heldNanos);
  }

  /** What the way back does to ACKs, which never wait for each other. */
  Impairment acks() {
    Impairment clean = Impairment.NONE.delay(rttNanos / 2);
    return bothWays ? clean.loss(loss).reordering(reordering, heldNanos) : clean;
  }
}

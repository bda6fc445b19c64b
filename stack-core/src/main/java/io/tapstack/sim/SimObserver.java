package io.tapstack.sim;

import java.nio.ByteBuffer;

/** Sees every frame of a network: for logs, captures, and tests that compare two runs. */
@FunctionalInterface
public interface SimObserver {
  /** What happened to a frame. */
  enum Fate {
    /** The sender gave it to the wire. */
    SENT,
    /** It arrived. */
    DELIVERED,
    /** The wire lost it. */
    LOST,
    /** The queue was full. */
    QUEUE_FULL,
    /** The wire is cut. */
    CUT
  }

  /**
   * Called for every step in the life of a frame.
   *
   * @param now virtual time, in nanoseconds
   * @param frame holds the frame from index 0; only valid during the call, not to be changed
   */
  void saw(long now, SimWire wire, Fate fate, ByteBuffer frame, int length);
}

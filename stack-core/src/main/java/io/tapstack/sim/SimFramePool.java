package io.tapstack.sim;

import org.jspecify.annotations.Nullable;

/**
 * The memory that frames in flight live in: cells of powers of two, kept for reuse, and a limit on
 * all of them together.
 */
final class SimFramePool {
  private static final int SMALLEST = 8; // 256 bytes: an ACK with all its options
  private static final int LARGEST = 17; // 128 KiB: a super-segment of 64 KiB and its headers

  private final @Nullable SimFrame[] free = new SimFrame[LARGEST + 1];
  private final long limit;
  private long allocated;
  private int outstanding;

  SimFramePool(long limitBytes) {
    limit = limitBytes;
  }

  /** A cell for a frame of this length, or null if the limit is reached. */
  @Nullable SimFrame take(int length) {
    int bits = sizeBits(length);
    if (bits > LARGEST) {
      return null;
    }
    SimFrame frame = free[bits];
    if (frame != null) {
      free[bits] = frame.next;
      frame.next = null;
    } else if (makeRoom(1L << bits)) {
      frame = new SimFrame(1 << bits);
      allocated += 1L << bits;
    } else {
      return null;
    }
    frame.length = length;
    outstanding++;
    return frame;
  }

  void giveBack(SimFrame frame) {
    int bits = sizeBits(frame.buffer.capacity());
    frame.wire = null;
    frame.next = free[bits];
    free[bits] = frame;
    outstanding--;
  }

  /** Lets go of unused cells of other sizes until there is room, if that helps. */
  private boolean makeRoom(long size) {
    for (int bits = LARGEST; bits >= SMALLEST; bits--) {
      SimFrame unused = free[bits];
      while (unused != null && allocated + size > limit) {
        allocated -= 1L << bits;
        unused = unused.next;
      }
      free[bits] = unused;
    }
    return allocated + size <= limit;
  }

  private static int sizeBits(int length) {
    return Math.max(SMALLEST, 32 - Integer.numberOfLeadingZeros(length - 1));
  }

  int outstanding() {
    return outstanding;
  }
}

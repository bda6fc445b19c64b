package io.tapstack.tcp;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Recycles the off-heap memory of send rings, because the JVM zeroes what it allocates and is slow
 * to give it back. All rings of a stack have one size.
 *
 * <p>Thread: any; a connection's first write takes, the owner of the stack gives back.
 */
final class RingMemory {
  /** What is kept for reuse at most, in bytes. */
  private static final int KEEP = 64 << 20;

  private final int size;
  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();

  RingMemory(int size) {
    this.size = size;
  }

  int size() {
    return size;
  }

  ByteBuffer take() {
    synchronized (free) {
      ByteBuffer memory = free.pollLast();
      if (memory != null) {
        return memory;
      }
    }
    return ByteBuffer.allocateDirect(size);
  }

  void give(ByteBuffer memory) {
    synchronized (free) {
      if ((free.size() + 1L) * size <= KEEP) {
        free.addLast(memory);
      }
    }
  }
}

package io.tapstack.tcp;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Recycles the off-heap memory of send rings, because the JVM zeroes what it allocates and is slow
 * to give it back. Rings begin with one size; those that grow have it doubled, up to a sum of all
 * that are in use.
 *
 * <p>Thread: any; a connection's first write takes, the owner of the stack gives back.
 */
final class RingMemory {
  /** What is kept for reuse at most, in bytes. */
  private static final int KEEP = 64 << 20;

  private final int size;
  private final long limit;
  private final Object lock = new Object();

  /** What waits for reuse, by how often its size is doubled. */
  private final List<ArrayDeque<ByteBuffer>> free = new ArrayList<>();

  private long kept;
  private long used;

  /**
   * @param size what a ring begins with, a power of two
   * @param limit rings grow as long as all of them together have no more than this
   */
  RingMemory(int size, long limit) {
    this.size = size;
    this.limit = limit;
  }

  int size() {
    return size;
  }

  /** How many bytes the rings have that are in use. */
  long used() {
    synchronized (lock) {
      return used;
    }
  }

  /** Whether a ring may become this large, from half of it. */
  boolean mayGrowTo(int bytes) {
    return used() + bytes <= limit;
  }

  /** Memory for a ring that begins. */
  ByteBuffer take() {
    return take(size);
  }

  /** Memory of a power of two times the first size. */
  ByteBuffer take(int bytes) {
    synchronized (lock) {
      used += bytes;
      ByteBuffer memory = freeOf(bytes).pollLast();
      if (memory != null) {
        kept -= bytes;
        return memory;
      }
    }
    return ByteBuffer.allocateDirect(bytes);
  }

  void give(ByteBuffer memory) {
    int bytes = memory.capacity();
    synchronized (lock) {
      used -= bytes;
      if (kept + bytes <= KEEP) {
        kept += bytes;
        freeOf(bytes).addLast(memory);
      }
    }
  }

  /** What is not in use any more, but may still be read. */
  void drop(ByteBuffer memory) {
    synchronized (lock) {
      used -= memory.capacity();
    }
  }

  private ArrayDeque<ByteBuffer> freeOf(int bytes) {
    int doubled = Integer.numberOfTrailingZeros(bytes) - Integer.numberOfTrailingZeros(size);
    while (free.size() <= doubled) {
      free.add(new ArrayDeque<>());
    }
    return free.get(doubled);
  }
}

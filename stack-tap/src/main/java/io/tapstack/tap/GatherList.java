package io.tapstack.tap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An array of {@code struct iovec} (POSIX sys/uio.h) of a 64-bit system, filled anew for every
 * frame.
 *
 * <pre>
 *  0                8                16
 * +----------------+----------------+----
 * |    address     |     length     | next
 * +----------------+----------------+----
 * </pre>
 */
final class GatherList {
  private static final int ENTRY = 16;
  private static final int LENGTH = 8;

  private final ByteBuffer memory;
  private final long address;
  private int count;

  GatherList(int capacity) {
    memory = ByteBuffer.allocateDirect(capacity * ENTRY).order(ByteOrder.nativeOrder());
    address = Native.address(memory);
  }

  void clear() {
    count = 0;
  }

  void add(long runAddress, int length) {
    memory.putLong(count * ENTRY, runAddress);
    memory.putLong(count * ENTRY + LENGTH, length);
    count++;
  }

  long address() {
    return address;
  }

  int count() {
    return count;
  }
}

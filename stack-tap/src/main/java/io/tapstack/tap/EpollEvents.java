package io.tapstack.tap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An array of {@code struct epoll_event} (sys/epoll.h), with the file descriptor as data. The
 * structure is packed on x86-64 and padded elsewhere.
 *
 * <pre>
 *           0        4        8        12       16
 * x86-64   +--------+--------+--------+
 *          | events |       data      |
 * others   +--------+--------+--------+--------+
 *          | events |  pad   |       data      |
 * </pre>
 */
final class EpollEvents {
  private final int size;
  private final int data;
  private final ByteBuffer memory;
  private final long address;

  EpollEvents(int capacity) {
    this(capacity, System.getProperty("os.arch"));
  }

  EpollEvents(int capacity, String architecture) {
    boolean packed = architecture.equals("amd64") || architecture.equals("x86_64");
    size = packed ? 12 : 16;
    data = packed ? 4 : 8;
    memory = ByteBuffer.allocateDirect(capacity * size).order(ByteOrder.nativeOrder());
    address = Native.address(memory);
  }

  void set(int index, int events, int fd) {
    memory.putInt(index * size, events);
    memory.putLong(index * size + data, fd);
  }

  int events(int index) {
    return memory.getInt(index * size);
  }

  int fd(int index) {
    return (int) memory.getLong(index * size + data);
  }

  long address() {
    return address;
  }

  /** The bytes of one structure. */
  int size() {
    return size;
  }
}

package io.tapstack.tcp;

import io.tapstack.link.Packet;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that an application has written and the peer has not acknowledged: one off-heap ring.
 * The application's bytes are copied in once; segments and retransmissions are gathered from here
 * by the device.
 *
 * <p>Positions are counts of bytes since the connection began. {@code head} is the first byte not
 * acknowledged, {@code tail} one past the last byte written.
 *
 * <p>Threads: one writer, which owns {@code tail} and needs not own the stack; the owner of the
 * stack owns {@code head}. Each publishes its own position with a release store after the bytes,
 * and reads the other's with an acquire load. The memory comes with the first write and goes back
 * when both sides are done with it.
 *
 * <p>The ring grows: the owner raises the limit, and the writer moves what is in the ring into a
 * larger one when it comes to that. Nobody gets the smaller one again.
 */
final class SendRing {
  private static final VarHandle HEAD;
  private static final VarHandle TAIL;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      HEAD = lookup.findVarHandle(SendRing.class, "head", long.class);
      TAIL = lookup.findVarHandle(SendRing.class, "tail", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final RingMemory pool;

  /** Written by the writer, with its contents before it. */
  private volatile @Nullable ByteBuffer memory;

  /** How many bytes may wait; written by the owner. */
  private volatile int limit;

  @SuppressWarnings("FieldMayBeFinal") // written through HEAD
  private long head;

  @SuppressWarnings("FieldMayBeFinal") // written through TAIL
  private long tail;

  /** Set by a writer that found too little room; the owner clears it when it says "writable". */
  private volatile boolean writerWaits;

  SendRing(RingMemory pool) {
    this.pool = pool;
    limit = pool.size();
  }

  /** How many bytes may wait. */
  int limit() {
    return limit;
  }

  // ---- the writer ----

  /** How many bytes can be written now. */
  int room() {
    return Math.max(limit - (int) (tail - (long) HEAD.getAcquire(this)), 0);
  }

  int write(byte[] source, int offset, int length) {
    int accepted = roomFor(length);
    if (accepted > 0) {
      ByteBuffer ring = memoryFor(accepted);
      int position = at(ring, tail);
      int first = Math.min(accepted, ring.capacity() - position);
      ring.put(position, source, offset, first);
      ring.put(0, source, offset + first, accepted - first);
      TAIL.setRelease(this, tail + accepted);
    }
    return accepted;
  }

  /** Takes bytes from the source's position on and moves it. */
  int write(ByteBuffer source) {
    int accepted = roomFor(source.remaining());
    if (accepted > 0) {
      ByteBuffer ring = memoryFor(accepted);
      int from = source.position();
      int position = at(ring, tail);
      int first = Math.min(accepted, ring.capacity() - position);
      ring.put(position, source, from, first);
      ring.put(0, source, from + first, accepted - first);
      source.position(from + accepted);
      TAIL.setRelease(this, tail + accepted);
    }
    return accepted;
  }

  private int roomFor(int length) {
    int room = room();
    if (room < length) {
      writerWaits = true;
      room = room(); // the owner may have made room before it saw the flag
    }
    return Math.min(room, length);
  }

  /** The ring, made larger if it cannot hold so many bytes more. */
  private ByteBuffer memoryFor(int more) {
    ByteBuffer ring = memory;
    if (ring == null) {
      ring = pool.take();
      memory = ring;
    }
    long from = (long) HEAD.getAcquire(this);
    int held = (int) (tail - from);
    if (held + more <= ring.capacity()) {
      return ring;
    }
    int size = ring.capacity();
    while (size < held + more) {
      size *= 2;
    }
    ByteBuffer larger = pool.take(size);
    for (int copied = 0; copied < held; ) {
      int source = at(ring, from + copied);
      int target = at(larger, from + copied);
      int run = Math.min(ring.capacity() - source, larger.capacity() - target);
      run = Math.min(run, held - copied);
      larger.put(target, ring, source, run);
      copied += run;
    }
    memory = larger;
    pool.drop(ring); // the owner, and packets that wait, may still read it
    return larger;
  }

  private static int at(ByteBuffer ring, long position) {
    return (int) position & ring.capacity() - 1;
  }

  // ---- the owner of the stack ----

  long head() {
    return head;
  }

  long tail() {
    return (long) TAIL.getAcquire(this);
  }

  /** Whether a writer found too little room and waits. */
  boolean isWriterWaiting() {
    return writerWaits;
  }

  /** Gathers a run of the ring into an outgoing packet. */
  void gather(Packet packet, long position, int length) {
    ByteBuffer ring = memory;
    assert ring != null : "bytes were published without memory";
    int at = at(ring, position);
    int first = Math.min(length, ring.capacity() - at);
    packet.gather(ring, at, first, 0, length - first);
  }

  /**
   * Frees what is acknowledged.
   *
   * @return whether a waiting writer should hear of it: a quarter of it is free
   */
  boolean discard(int bytes) {
    long freed = head + bytes;
    HEAD.setVolatile(this, freed);
    return wakesWriter();
  }

  /**
   * Lets more bytes wait, or fewer.
   *
   * @return whether a waiting writer should hear of it
   */
  boolean limit(int bytes) {
    limit = bytes;
    return wakesWriter();
  }

  private boolean wakesWriter() {
    int most = limit;
    if (writerWaits && most - (int) (tail() - head) >= most / 4) {
      writerWaits = false;
      return true;
    }
    return false;
  }

  /** Gives the memory back; the application promised not to write any more. */
  void release() {
    ByteBuffer ring = memory;
    if (ring != null) {
      memory = null;
      pool.give(ring);
    }
  }
}

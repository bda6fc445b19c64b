package io.tapstack.tcp;

import io.tapstack.link.Packet;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that arrived in order and the application has not read: slices of the packets that
 * brought them, in a ring of slots. Nothing is copied until the application reads, except that a
 * small payload joins the last packet if that has room, so it never pins a buffer of its own.
 *
 * <p>Positions are counts of bytes since the connection began.
 *
 * <p>Threads: the owner of the stack appends, and takes back packets that were read to their end;
 * one reader, which needs not own the stack, reads and owns {@code consumed}. The owner publishes
 * slots with a release of {@code slotTail} and then of {@code published}.
 */
final class ReceiveRing {
  private static final VarHandle PUBLISHED;
  private static final VarHandle CONSUMED;
  private static final VarHandle SLOT_TAIL;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      PUBLISHED = lookup.findVarHandle(ReceiveRing.class, "published", long.class);
      CONSUMED = lookup.findVarHandle(ReceiveRing.class, "consumed", long.class);
      SLOT_TAIL = lookup.findVarHandle(ReceiveRing.class, "slotTail", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int FIRST_SLOTS = 8;

  /** Which packet holds the bytes from {@code from[i]} on, and where in its buffer. */
  private static final class Slots {
    final int mask;
    final @Nullable Packet[] packets;
    final long[] from;
    final int[] offset;

    Slots(int size) {
      mask = size - 1;
      packets = new Packet[size];
      from = new long[size];
      offset = new int[size];
    }
  }

  private @Nullable Slots slots;

  @SuppressWarnings("FieldMayBeFinal") // written through PUBLISHED
  private long published;

  @SuppressWarnings("FieldMayBeFinal") // written through CONSUMED
  private long consumed;

  @SuppressWarnings("FieldMayBeFinal") // written through SLOT_TAIL
  private long slotTail;

  /** The owner's: the first slot whose packet is not yet back in the pool. */
  private long slotHead;

  /** The reader's: the slot of the byte at {@code consumed}. */
  private long cursor;

  // ---- the owner of the stack ----

  /** Bytes that wait for the application. */
  int unread() {
    return (int) (published - (long) CONSUMED.getAcquire(this));
  }

  /** Bytes appended since the connection began. */
  long published() {
    return published;
  }

  /** Bytes that the application has read since the connection began. */
  long consumed() {
    return (long) CONSUMED.getAcquire(this);
  }

  /** Packets that are held. */
  int packets() {
    return (int) (slotTail - slotHead);
  }

  /**
   * Appends a packet's data, {@code start} to {@code end}, and owns the packet from now on.
   *
   * @param joinable the longest payload that joins the packet before it, if that has room
   * @return whether it did
   */
  boolean append(Packet packet, int joinable) {
    int length = packet.length();
    boolean joined = length <= joinable && joinLast(packet, length);
    if (joined) {
      packet.release();
    } else {
      Slots ring = slotsWithRoom();
      int index = (int) slotTail & ring.mask;
      ring.packets[index] = packet;
      ring.from[index] = published;
      ring.offset[index] = packet.start;
      SLOT_TAIL.setRelease(this, slotTail + 1);
    }
    PUBLISHED.setRelease(this, published + length);
    return joined;
  }

  private boolean joinLast(Packet packet, int length) {
    Slots ring = slots;
    if (ring == null || slotHead == slotTail) {
      return false;
    }
    Packet last = ring.packets[(int) (slotTail - 1) & ring.mask];
    if (last == null || last.buffer.capacity() - last.end < length) {
      return false;
    }
    last.buffer.put(last.end, packet.buffer, packet.start, length);
    last.end += length;
    return true;
  }

  private Slots slotsWithRoom() {
    Slots ring = slots;
    if (ring == null) {
      ring = new Slots(FIRST_SLOTS);
      slots = ring;
    } else if (slotTail - slotHead > ring.mask) {
      Slots larger = new Slots(2 * (ring.mask + 1));
      for (long slot = slotHead; slot < slotTail; slot++) {
        larger.packets[(int) slot & larger.mask] = ring.packets[(int) slot & ring.mask];
        larger.from[(int) slot & larger.mask] = ring.from[(int) slot & ring.mask];
        larger.offset[(int) slot & larger.mask] = ring.offset[(int) slot & ring.mask];
      }
      ring = larger;
      slots = ring; // the reader sees it with the next release of slotTail
    }
    return ring;
  }

  /** Gives packets that were read to their end back to the pool. */
  void reclaim() {
    Slots ring = slots;
    if (ring == null) {
      return;
    }
    long read = (long) CONSUMED.getAcquire(this);
    while (slotHead < slotTail) {
      long next = slotHead + 1 < slotTail ? ring.from[(int) (slotHead + 1) & ring.mask] : published;
      if (next > read) {
        return;
      }
      releaseHead(ring);
    }
  }

  /** Gives all packets back; the application promised not to read any more. */
  void releaseAll() {
    Slots ring = slots;
    while (ring != null && slotHead < slotTail) {
      releaseHead(ring);
    }
    slots = null;
  }

  private void releaseHead(Slots ring) {
    int index = (int) slotHead & ring.mask;
    Packet packet = ring.packets[index];
    ring.packets[index] = null;
    slotHead++;
    if (packet != null) {
      packet.release();
    }
  }

  // ---- the reader ----

  /** Bytes that can be read now. */
  int readable() {
    return (int) ((long) PUBLISHED.getAcquire(this) - consumed);
  }

  int read(byte[] target, int offset, int length) {
    int copied = 0;
    while (copied < length) {
      int run = locate();
      if (run == 0) {
        break;
      }
      int n = Math.min(run, length - copied);
      found.get(foundOffset, target, offset + copied, n);
      copied += n;
      CONSUMED.setRelease(this, consumed + n);
    }
    return copied;
  }

  /** Reads into the target from its position on and moves it. */
  int read(ByteBuffer target) {
    int copied = 0;
    while (target.hasRemaining()) {
      int run = locate();
      if (run == 0) {
        break;
      }
      int n = Math.min(run, target.remaining());
      target.put(target.position(), found, foundOffset, n);
      target.position(target.position() + n);
      copied += n;
      CONSUMED.setRelease(this, consumed + n);
    }
    return copied;
  }

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private ByteBuffer found = NOTHING;
  private int foundOffset;

  /** Finds the run of bytes at {@code consumed}: its length, {@link #found}, its offset there. */
  private int locate() {
    long end = (long) PUBLISHED.getAcquire(this);
    long at = consumed;
    if (at == end) {
      found = NOTHING;
      return 0;
    }
    long lastSlot = (long) SLOT_TAIL.getAcquire(this);
    Slots ring = slots;
    assert ring != null : "bytes were published without slots";
    while (cursor + 1 < lastSlot && ring.from[(int) (cursor + 1) & ring.mask] <= at) {
      cursor++;
    }
    int index = (int) cursor & ring.mask;
    long runEnd = cursor + 1 < lastSlot ? ring.from[(int) (cursor + 1) & ring.mask] : end;
    Packet packet = ring.packets[index];
    assert packet != null : "a packet was taken back before it was read";
    found = packet.buffer;
    foundOffset = ring.offset[index] + (int) (at - ring.from[index]);
    return (int) (Math.min(runEnd, end) - at);
  }
}

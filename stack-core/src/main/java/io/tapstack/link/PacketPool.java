package io.tapstack.link;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of packets cut from one slab of off-heap memory. Taking one and giving it back
 * cost a few nanoseconds and allocate nothing; an empty pool says so, and whoever asked drops and
 * counts.
 *
 * <p>Thread: the owner of the stack.
 */
public final class PacketPool {
  private final ByteBuffer slab;
  private final int cellSize;
  private final Packet[] free;
  private int available;
  private long exhausted;

  /**
   * Creates the pool and all its packets.
   *
   * @param cells how many packets there are
   * @param cellSize the bytes of each, headroom included; rounded up to a multiple of 64
   */
  public PacketPool(int cells, int cellSize) {
    this.cellSize = cellSize + 63 & -64;
    if (cells < 1 || cellSize < 1 || (long) cells * this.cellSize > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          cells + " cells of " + cellSize + " bytes do not make a pool of at most 2 GiB");
    }
    slab = ByteBuffer.allocateDirect(cells * this.cellSize);
    free = new Packet[cells];
    for (int i = 0; i < cells; i++) {
      int offset = i * this.cellSize;
      free[i] = new Packet(this, slab.slice(offset, this.cellSize), offset);
    }
    available = cells;
  }

  /** Takes an empty packet with {@link Packet#HEADROOM}, or null if none is left. */
  public @Nullable Packet acquire() {
    if (available == 0) {
      exhausted++;
      return null;
    }
    Packet packet = free[--available];
    packet.out = true;
    return packet.clear();
  }

  void release(Packet packet) {
    if (!packet.out) {
      throw new IllegalStateException("a packet was released twice");
    }
    packet.out = false;
    packet.next = null;
    packet.tail = null;
    free[available++] = packet;
  }

  /** The memory that all packets are cut from; {@link Packet#slabOffset} says where. */
  public ByteBuffer slab() {
    return slab;
  }

  /** The bytes of one packet, headroom included. */
  public int cellSize() {
    return cellSize;
  }

  /** How many packets there are. */
  public int capacity() {
    return free.length;
  }

  /** How many packets can be taken now. */
  public int available() {
    return available;
  }

  /** How many packets are out. */
  public int outstanding() {
    return free.length - available;
  }

  /** How often a packet was asked for and none was left. */
  public long exhausted() {
    return exhausted;
  }
}

package io.tapstack.link;

import org.jspecify.annotations.Nullable;

/**
 * The stack's pool of ordinary packets, and a small second one of packets that hold any IP packet:
 * for the few datagrams that are larger than a frame. The second one's memory, 2 MiB, is taken when
 * it is needed first.
 *
 * <p>Packets of both are released alike. Thread: the owner of the stack.
 */
public final class PacketPools {
  /** How many large packets there are. */
  public static final int LARGE_PACKETS = 32;

  /** The longest IP packet: an IPv6 header, and the longest payload that it can announce. */
  public static final int MAX_LENGTH = 40 + 0xffff;

  private final PacketPool ordinary;
  private @Nullable PacketPool large;

  /** Creates the second pool beside the stack's own. */
  public PacketPools(PacketPool ordinary) {
    this.ordinary = ordinary;
  }

  /** The pool of ordinary packets. */
  public PacketPool ordinary() {
    return ordinary;
  }

  /** Whether an ordinary packet has room for so many bytes after its headroom. */
  public boolean isOrdinary(int length) {
    return length <= ordinary.cellSize() - Packet.HEADROOM;
  }

  /** Whether a packet is a large one. */
  public boolean isLarge(Packet packet) {
    return packet.pool == large;
  }

  /**
   * Takes an empty packet with room for so many bytes after its headroom, the smallest that will
   * do.
   *
   * @param length 0 to {@link #MAX_LENGTH}
   * @return null if no such packet is left
   */
  public @Nullable Packet acquire(int length) {
    if (isOrdinary(length)) {
      return ordinary.acquire();
    }
    PacketPool pool = large;
    if (pool == null) {
      pool = new PacketPool(LARGE_PACKETS, Packet.HEADROOM + MAX_LENGTH);
      large = pool;
    }
    return pool.acquire();
  }

  /** How many large packets are out. */
  public int largeOutstanding() {
    PacketPool pool = large;
    return pool == null ? 0 : pool.outstanding();
  }

  /** How often a large packet was asked for and none was left. */
  public long largeExhausted() {
    PacketPool pool = large;
    return pool == null ? 0 : pool.exhausted();
  }
}

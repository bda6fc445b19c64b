package io.tapstack.ip;

import io.tapstack.base.Result;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPools;
import org.jspecify.annotations.Nullable;

/**
 * Packets from this stack to itself, waiting as copies. A queue and not a call: answering oneself
 * by recursion would be as deep as a conversation is long. At most {@link #MAX} wait; what comes
 * when they do is dropped and counted.
 */
final class LoopQueue {
  static final int MAX = 256;

  private final PacketPools pools;
  private @Nullable Packet first;
  private @Nullable Packet last;
  private int size;
  private long dropped;

  LoopQueue(PacketPools pools) {
    this.pools = pools;
  }

  /** Copies a packet whose {@code start} is at the network header. */
  Result add(Packet packet, long destinationHigh, long destinationLow) {
    int length = packet.totalLength();
    Packet copy = size < MAX ? pools.acquire(length) : null;
    if (copy == null) {
      dropped++;
      return Result.LIMIT;
    }
    packet.copyTo(copy.buffer, copy.start);
    copy.end = copy.start + length;
    copy.destinationHigh = destinationHigh;
    copy.destinationLow = destinationLow;
    copy.checksumVerified = true; // it never left our memory
    if (last == null) {
      first = copy;
    } else {
      last.next = copy;
    }
    last = copy;
    size++;
    return Result.OK;
  }

  /** The oldest packet; there must be one. */
  Packet take() {
    Packet packet = first;
    if (packet == null) {
      throw new IllegalStateException("nothing waits");
    }
    first = packet.next;
    if (first == null) {
      last = null;
    }
    packet.next = null;
    size--;
    return packet;
  }

  int size() {
    return size;
  }

  long dropped() {
    return dropped;
  }
}

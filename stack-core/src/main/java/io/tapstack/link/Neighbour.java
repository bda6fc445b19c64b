package io.tapstack.link;

import io.tapstack.base.Timer;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Mac;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a {@link NeighbourCache}, and the timer of its state. Reused for another neighbour
 * after it was removed.
 */
final class Neighbour extends Timer {
  private final NeighbourCache cache;

  long high;
  long low;
  NeighbourState state = NeighbourState.INCOMPLETE;

  /** 0 while unknown. */
  long mac;

  /** When REACHABLE turns into STALE; looked at when the entry is used, no timer waits for it. */
  long reachableUntil;

  /** When the MAC address was last replaced by another. */
  long changedAt;

  /** When a packet was last sent to it, or {@link Long#MIN_VALUE} if never. */
  long usedAt;

  /** Questions sent in this state. */
  int asked;

  /** Packets that wait, the oldest first, linked by {@link Packet#next}. */
  @Nullable Packet oldest;

  @Nullable Packet newest;
  int waiting;

  /** The next entry of the same hash bucket. */
  @Nullable Neighbour following;

  /** Where this entry stands in the cache's dense array. */
  int position;

  Neighbour(NeighbourCache cache) {
    this.cache = cache;
  }

  boolean is(long otherHigh, long otherLow) {
    return low == otherLow && high == otherHigh;
  }

  void append(Packet packet) {
    packet.next = null;
    Packet last = newest;
    if (last == null) {
      oldest = packet;
    } else {
      last.next = packet;
    }
    newest = packet;
    waiting++;
  }

  @Nullable Packet takeOldest() {
    Packet packet = oldest;
    if (packet != null) {
      oldest = packet.next;
      if (oldest == null) {
        newest = null;
      }
      packet.next = null;
      waiting--;
    }
    return packet;
  }

  @Override
  protected void fire(long now) {
    cache.expired(this, now);
  }

  @Override
  public String toString() {
    return new IpAddress(high, low) + " " + Mac.toString(mac) + " " + state;
  }
}

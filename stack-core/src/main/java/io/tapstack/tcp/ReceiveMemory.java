package io.tapstack.tcp;

import io.tapstack.link.PacketPool;

/**
 * What is given up first when packets run short. One pool holds all that the stack has received and
 * nobody has read, and windows together promise more than it has, as in every stack; so there is an
 * order, by what part of the pool is free:
 *
 * <ol>
 *   <li>half: receive buffers stop growing. Windows open by no more than a quarter of what is free,
 *       at any time, so they shut as the pool empties.
 *   <li>a quarter: what is out of order goes, that of the largest holder first and the half that is
 *       farthest ahead; its sender has it and sends it again.
 *   <li>an eighth: payloads are joined, whatever their size, if the packet before has room.
 *   <li>a sixteenth: data in order is refused to those who have unread data already. Everybody else
 *       may still move on.
 *   <li>a thirty-second: new connections are refused.
 * </ol>
 *
 * <p>What was acknowledged is never given up (RFC 9293 section 3.8). An idle connection holds no
 * packet, so nothing is gained by ending it.
 *
 * <p>Thread: the owner of the stack.
 */
final class ReceiveMemory {
  /** A payload of at most this many bytes joins the packet before it at any time. */
  private static final int SMALL = 512;

  /** How many stores are pruned for one segment at most. */
  private static final int PRUNES = 4;

  private static final int LEAST_OUT_OF_ORDER = 32;

  private final PacketPool pool;
  private final TcpConfig config;
  private final TcpCounters counters;
  final OutOfOrderHolders holders = new OutOfOrderHolders();

  ReceiveMemory(PacketPool pool, TcpConfig config, TcpCounters counters) {
    this.pool = pool;
    this.config = config;
    this.counters = counters;
  }

  /** Whether less than one part in {@code parts} of the packet pool is free. */
  private boolean isShort(int parts) {
    return pool.available() < pool.capacity() / parts;
  }

  /** How many bytes of window one connection may have: a quarter of what is free. */
  int share() {
    return (int) Math.min((long) pool.available() * pool.cellSize() / 4, Integer.MAX_VALUE);
  }

  /** Whether receive buffers may grow. */
  boolean mayGrow() {
    return !isShort(2);
  }

  /** The longest payload that joins the packet before it. */
  int joinable() {
    return isShort(8) ? Integer.MAX_VALUE : SMALL;
  }

  /**
   * How many packets a connection may hold out of order: twice what its buffer comes to in full
   * ones, for segments may be small.
   */
  int outOfOrderLimit(int buffer) {
    int packets = Math.max(2 * (buffer / pool.cellSize()), LEAST_OUT_OF_ORDER);
    return Math.min(packets, config.maxOutOfOrder());
  }

  /** Whether there is room for a segment out of order, which others may have to make. */
  boolean admitsOutOfOrder(OutOfOrderStore store, int sequence) {
    if (isShort(4)) {
      OutOfOrderStore largest = holders.largest();
      // Nobody makes room for what is itself the first to go.
      if (largest == null || largest == store && Seq.geq(sequence, store.end())) {
        return false;
      }
      prune(largest);
    }
    return true;
  }

  /** Whether there is room for a segment in order. */
  boolean admitsText(TcpConnection c) {
    OutOfOrderStore largest;
    for (int i = 0; i < PRUNES && isShort(16) && (largest = holders.largest()) != null; i++) {
      prune(largest);
    }
    return !isShort(16) || c.receiveRing.packets() == 0;
  }

  private void prune(OutOfOrderStore store) {
    counters.pruneCalls++;
    counters.outOfOrderPruned += store.prune();
  }

  /** Whether a new connection may come, which will want to receive. */
  boolean admitsConnections() {
    return !isShort(32);
  }
}

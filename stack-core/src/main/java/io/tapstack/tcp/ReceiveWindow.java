package io.tapstack.tcp;

import io.tapstack.link.PacketPool;

/** What we tell the peer it may send: the window, RFC 9293 section 3.8.6. */
final class ReceiveWindow {
  private final Tcp tcp;
  private final PacketPool pool;

  ReceiveWindow(Tcp tcp, PacketPool pool) {
    this.tcp = tcp;
    this.pool = pool;
  }

  /** Tells the peer of a window that opened enough to be worth an ACK of its own. */
  void update(TcpConnection c) {
    int advertised = Math.max(c.rcvAdv - c.rcvNxt, 0);
    int free = freeWindow(c);
    int step = Math.min(tcp.config.receiveBuffer() / 2, c.rcvMss);
    // MUST-39 allows every MSS; that would double the ACKs of a reader that keeps up, so the window
    // must have doubled, as in Linux.
    if (free - advertised >= step && free >= 2 * advertised) {
      tcp.output.sendAck(c);
    }
  }

  /**
   * What the application's buffer and the packet pool have room for. A quarter of the free pool for
   * one connection: windows stop opening before the pool is empty.
   */
  private int freeWindow(TcpConnection c) {
    int free = tcp.config.receiveBuffer() - c.receiveRing.unread();
    // What the window field cannot tell is no window: a step that the peer never sees is no step.
    int most = 0xffff << Math.max(c.rcvScale, 0);
    return Math.max(Math.min(Math.min(free, poolShare()), most), 0);
  }

  private int poolShare() {
    return (int) Math.min((long) pool.available() * pool.cellSize() / 4, Integer.MAX_VALUE);
  }

  /** The window of a SYN-ACK, before there is a connection: never scaled. */
  int initial() {
    return Math.min(Math.min(tcp.config.receiveBuffer(), poolShare()), 0xffff);
  }

  /** The window field, and the right edge that goes with it. */
  int advertise(TcpConnection c, int shift) {
    int current = Math.max(c.rcvAdv - c.rcvNxt, 0);
    int free = freeWindow(c);
    // MUST-39: the right edge moves by a worthwhile step or not at all; SHLD-14: never back.
    int step = Math.min(tcp.config.receiveBuffer() / 2, c.rcvMss);
    int window = free - current >= step ? free : current;
    int field = window >> shift;
    if (field << shift < current && field << shift <= free) {
      field++; // the unit of the scale must not move the edge back while there is room
    }
    field = Math.min(field, 0xffff);
    c.rcvAdv = Seq.max(c.rcvAdv, c.rcvNxt + (field << shift));
    return field;
  }
}

package io.tapstack.tcp;

/** What we tell the peer it may send: the window, RFC 9293 section 3.8.6. */
final class ReceiveWindow {
  private final Tcp tcp;
  private final ReceiveMemory memory;

  ReceiveWindow(Tcp tcp, ReceiveMemory memory) {
    this.tcp = tcp;
    this.memory = memory;
  }

  /** What the peer may send as far as it knows. */
  int advertised(TcpConnection c) {
    return Math.max(c.rcvAdv - c.rcvNxt, 0);
  }

  /** The application has read: fits the buffer to it, and tells the peer if that is worth it. */
  void consumed(TcpConnection c) {
    long taken = c.receiveRing.consumed();
    if (c.receiveBuffer.consumed(taken, c.rcvMss, memory.mayGrow(), tcp.time.now())) {
      tcp.counters.receiveBuffersFrozen++;
    }
    update(c);
  }

  /** Tells the peer of a window that opened enough to be worth an ACK of its own. */
  void update(TcpConnection c) {
    int advertised = advertised(c);
    int free = freeWindow(c);
    // MUST-39 allows every MSS; that would double the ACKs of a reader that keeps up, so the window
    // must have doubled, as in Linux.
    if (free - advertised >= step(c) && free >= 2 * advertised) {
      if (advertised == 0) {
        tcp.counters.windowsReopened++;
      }
      tcp.output.sendAck(c);
    }
  }

  /** MUST-39: the right edge moves by this much or not at all. */
  private static int step(TcpConnection c) {
    return Math.min(Math.min(c.receiveBuffer.size(), c.receiveBuffer.clamp()) / 2, c.rcvMss);
  }

  /** What the application's buffer and the packet pool have room for. */
  private int freeWindow(TcpConnection c) {
    int free = c.receiveBuffer.size() - c.receiveRing.unread();
    // What the window field cannot tell is no window: a step that the peer never sees is no step.
    int most = Math.min(0xffff << Math.max(c.rcvScale, 0), c.receiveBuffer.clamp());
    return Math.max(Math.min(Math.min(free, memory.share()), most), 0);
  }

  /** The window of a SYN-ACK, before there is a connection: never scaled. */
  int initial() {
    return Math.min(Math.min(tcp.config.receiveBuffer(), memory.share()), 0xffff);
  }

  /** The window field, and the right edge that goes with it. */
  int advertise(TcpConnection c, int shift) {
    int current = advertised(c);
    int free = freeWindow(c);
    // MUST-39: the right edge moves by a worthwhile step or not at all; SHLD-14: never back.
    int window = free - current >= step(c) ? free : current;
    int field = window >> shift;
    if (field << shift < current && field << shift <= free) {
      field++; // the unit of the scale must not move the edge back while there is room
    }
    field = Math.min(field, 0xffff);
    if (field == 0 && !c.zeroWindow && c.state.isSynchronized()) {
      tcp.counters.zeroWindowsSent++;
    }
    c.zeroWindow = field == 0;
    c.rcvAdv = Seq.max(c.rcvAdv, c.rcvNxt + (field << shift));
    return field;
  }
}

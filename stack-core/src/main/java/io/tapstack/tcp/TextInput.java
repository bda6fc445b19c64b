package io.tapstack.tcp;

import io.tapstack.link.Packet;
import io.tapstack.wire.TcpHeader;

/**
 * Text and FIN: RFC 9293 section 3.10.7.4, seventh and eighth step. Puts segments in order, says
 * when an ACK is due (RFC 5681 section 4.2) and what SACK tells the peer (RFC 2018, RFC 2883).
 */
final class TextInput {
  private final Tcp tcp;
  private final Segment seg;

  TextInput(Tcp tcp, Segment segment) {
    this.tcp = tcp;
    seg = segment;
  }

  boolean text(TcpConnection c, Packet packet) {
    boolean bareFin = seg.length == 0 && seg.has(TcpHeader.FIN) && seg.seq == c.rcvNxt;
    if (seg.seq != c.rcvNxt || seg.length > 0) {
      if (Seq.lt(seg.seq, c.rcvNxt)) {
        c.ackNow = true; // RFC 5681 section 4.2: part of it came before, so an ACK was lost
        c.sackBlocks.duplicate(seg.seq, Seq.min(seg.seq + seg.length, c.rcvNxt));
      }
      int before = seg.sequenceLength();
      seg.trimFront(packet, c.rcvNxt);
      if (!bareFin) {
        seg.trimBack(packet, c.rcvAdv);
      }
      if (seg.sequenceLength() < before) {
        c.ackNow = true;
      }
    }
    if (seg.length > 0 && c.applicationClosed) {
      // RFC 9293 section 3.6.1: nobody will ever read it, and the peer is told so.
      c.abortNow();
      return false;
    }
    if (seg.has(TcpHeader.FIN)) {
      c.finKnown = true;
      c.rcvFinSeq = seg.seq + seg.length;
      c.ackNow = true; // RFC 5681 section 4.2: even a bare one beyond a hole is out of order
    }
    boolean kept = seg.length > 0 && store(c, packet);
    if (c.finKnown && c.rcvNxt == c.rcvFinSeq) {
      fin(c);
    }
    return kept;
  }

  /** Queues text in order or out of order; whether the packet was kept. */
  private boolean store(TcpConnection c, Packet packet) {
    if (seg.seq != c.rcvNxt) {
      c.ackNow = true; // RFC 5681 section 4.2: a duplicate ACK at once
      c.outOfOrderSegments++;
      if (tcp.isPoolShort(4)) {
        tcp.counters.outOfOrderDropped++;
        return false;
      }
      packet.sequence = seg.seq;
      int end = seg.seq + seg.length;
      if (c.outOfOrder.insert(packet)) {
        tcp.counters.outOfOrderQueued++;
        c.sackBlocks.stored(seg.seq, end);
      } else {
        tcp.counters.outOfOrderDropped++;
        if (c.outOfOrder.holds(seg.seq, end)) {
          c.sackBlocks.duplicate(seg.seq, end);
        }
      }
      return true;
    }
    if (tcp.isPoolShort(16) && c.receiveRing.packets() > 0) {
      tcp.counters.receiveMemoryDrops++;
      return false;
    }
    boolean holes = !c.outOfOrder.isEmpty();
    c.rcvNxt += seg.length;
    c.lastDataTime = tcp.time.now();
    c.receiveRing.append(packet);
    if (holes) {
      c.ackNow = true; // RFC 5681 section 4.2: it fills a hole, or part of one
      for (Packet next; (next = c.outOfOrder.takeFrom(c.rcvNxt)) != null; ) {
        c.rcvNxt += next.length();
        c.receiveRing.append(next);
      }
      c.sackBlocks.advance(c.rcvNxt);
    }
    scheduleAck(c);
    c.events.changed(TcpEvents.READABLE);
    return true;
  }

  /** SHLD-18 and SHLD-19: an ACK for every second full-sized segment, or after the delay. */
  private void scheduleAck(TcpConnection c) {
    c.rcvFullSize = Math.max(c.rcvFullSize, Math.min(seg.length, c.rcvMss));
    if (c.rcvNxt - c.lastAckSent >= 2 * c.rcvFullSize) {
      c.ackNow = true;
    } else if (!c.timers.isSet(TcpTimers.DELAYED_ACK)) {
      c.timers.set(TcpTimers.DELAYED_ACK, tcp.time.now() + tcp.config.delayedAckNanos());
    }
  }

  private void fin(TcpConnection c) {
    c.rcvNxt++;
    c.rcvAdv = Seq.max(c.rcvAdv, c.rcvNxt);
    c.ackNow = true;
    c.outOfOrder.releaseAll();
    c.sackBlocks.clear();
    c.finReceived = true;
    switch (c.state) {
      case ESTABLISHED -> c.state = TcpState.CLOSE_WAIT;
      case FIN_WAIT_1 -> c.state = TcpState.CLOSING; // its ACK was looked at before
      case FIN_WAIT_2 -> tcp.enterTimeWait(c);
      default -> {}
    }
    c.events.changed(TcpEvents.READABLE);
  }
}

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
  private final ReceiveMemory memory;

  TextInput(Tcp tcp, Segment segment) {
    this.tcp = tcp;
    seg = segment;
    memory = tcp.receiveMemory;
  }

  boolean text(TcpConnection c, Packet packet) {
    boolean bareFin = seg.length == 0 && seg.has(TcpHeader.FIN) && seg.seq == c.rcvNxt;
    boolean repeats = false;
    if (seg.seq != c.rcvNxt || seg.length > 0) {
      if (Seq.lt(seg.seq, c.rcvNxt)) {
        repeats = true;
        c.ackNow = true; // RFC 5681 section 4.2: part of it came before, so an ACK was lost
        c.delayedAck.disturbed(tcp.receiveWindow.advertised(c));
        duplicate(c, seg.seq, Seq.min(seg.seq + seg.length, c.rcvNxt));
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
    boolean kept = seg.length > 0 && store(c, packet, repeats);
    if (c.finKnown && c.rcvNxt == c.rcvFinSeq) {
      fin(c);
    }
    return kept;
  }

  /** Queues text in order or out of order; whether the packet was kept. */
  private boolean store(TcpConnection c, Packet packet, boolean repeats) {
    if (seg.seq != c.rcvNxt) {
      return storeOutOfOrder(c, packet);
    }
    if (!memory.admitsText(c)) {
      tcp.counters.receiveMemoryDrops++;
      return false;
    }
    measure(c);
    boolean holes = !c.outOfOrder.isEmpty();
    int end = seg.seq + seg.length;
    if (holes && !repeats && c.outOfOrder.findOverlap(seg.seq, end)) {
      duplicate(c, c.outOfOrder.overlapFrom, c.outOfOrder.overlapTo);
    }
    c.rcvNxt = end;
    c.lastDataTime = tcp.time.now();
    append(c, packet);
    if (holes) {
      c.ackNow = true; // RFC 5681 section 4.2: it fills a hole, or part of one
      for (Packet next; (next = c.outOfOrder.takeFrom(c.rcvNxt)) != null; ) {
        c.rcvNxt += next.length();
        append(c, next);
      }
      c.sackBlocks.advance(c.rcvNxt);
    }
    scheduleAck(c);
    c.events.changed(TcpEvents.READABLE);
    return true;
  }

  /** What the segment tells of the round trip, for the size of the receive buffer. */
  private void measure(TcpConnection c) {
    if (!c.timestamps) {
      c.receiveBuffer.arrived(seg.seq, c.rcvAdv, tcp.time.now());
    } else if (seg.options.hasTimestamps() && seg.length >= c.delayedAck.fullSize) {
      // Only of full segments: a small one may have waited for the application.
      int age = tcp.output.timestamp(c) - seg.options.timestampEcho();
      if (age >= 0 && age < 1 << 30) {
        c.receiveBuffer.echoed(seg.options.timestampEcho(), age * 1_000_000L);
      }
    }
  }

  private void append(TcpConnection c, Packet packet) {
    if (c.receiveRing.append(packet, memory.joinable())) {
      tcp.counters.receiveCollapsed++;
    }
  }

  /** Keeps text beyond a hole if there is room; the packet is the store's or gone. */
  private boolean storeOutOfOrder(TcpConnection c, Packet packet) {
    OutOfOrderStore store = c.outOfOrder;
    c.ackNow = true; // RFC 5681 section 4.2: a duplicate ACK at once
    c.delayedAck.disturbed(tcp.receiveWindow.advertised(c));
    int end = seg.seq + seg.length;
    if (!memory.admitsOutOfOrder(store, seg.seq)) {
      tcp.counters.outOfOrderDropped++;
      return false;
    }
    c.outOfOrderSegments++;
    packet.sequence = seg.seq;
    OutOfOrderStore.Outcome outcome =
        store.insert(packet, memory.outOfOrderLimit(c.receiveBuffer.size()));
    tcp.counters.outOfOrderPruned += store.dropped;
    tcp.counters.receiveCollapsed += store.joined;
    if (store.overlapFrom != store.overlapTo) {
      duplicate(c, store.overlapFrom, store.overlapTo);
    }
    switch (outcome) {
      case STORED -> {
        tcp.counters.outOfOrderQueued++;
        c.sackBlocks.stored(store.runFrom, store.runTo);
      }
      // RFC 2883 section 4: the block that holds the duplicate follows the one that reports it.
      case HELD -> c.sackBlocks.stored(store.runFrom, store.runTo);
      case REFUSED -> tcp.counters.outOfOrderDropped++;
    }
    return true;
  }

  /** RFC 2883 section 4: bytes that came before are reported once. */
  private void duplicate(TcpConnection c, int from, int to) {
    if (from == to) {
      return; // a bare FIN again
    }
    if (Seq.lt(from, c.rcvNxt)) {
      tcp.counters.duplicatesOld++;
    } else {
      tcp.counters.duplicatesOutOfOrder++;
    }
    c.sackBlocks.duplicate(from, to);
  }

  /** SHLD-18 and SHLD-19: an ACK for every second full-sized segment, or after the delay. */
  private void scheduleAck(TcpConnection c) {
    long now = tcp.time.now();
    DelayedAck delayed = c.delayedAck;
    delayed.received(seg.length, c.rcvMss, tcp.receiveWindow.advertised(c), now, c.rtt.rto());
    if (delayed.isQuick() || c.rcvNxt - c.lastAckSent >= 2 * delayed.fullSize) {
      c.ackNow = true;
    } else if (!c.timers.isSet(TcpTimers.DELAYED_ACK)) {
      c.timers.set(TcpTimers.DELAYED_ACK, now + tcp.config.delayedAckNanos());
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

package io.tapstack.tcp;

import io.tapstack.base.Result;
import io.tapstack.link.Packet;
import io.tapstack.wire.TcpHeader;

/**
 * SEGMENT ARRIVES of RFC 9293 section 3.10.7 for the states that have a connection, in the RFC's
 * order, with the stricter checks of RFC 5961.
 */
final class TcpInput {
  /** RFC 7323 section 5.5: a timestamp older than 24 days says nothing. */
  static final long PAWS_LIFETIME = 24L * 86_400 * 1_000_000_000;

  private final Tcp tcp;
  private final Segment seg;
  private final ChallengeAck challenges;
  private final AckInput acks;
  private final TextInput texts;
  final Handshake handshake;

  TcpInput(Tcp tcp, Segment segment, ChallengeAck challenges) {
    this.tcp = tcp;
    seg = segment;
    this.challenges = challenges;
    acks = new AckInput(tcp, segment, challenges);
    texts = new TextInput(tcp, segment);
    handshake = new Handshake(tcp, segment, acks);
  }

  /**
   * Processes the current segment.
   *
   * @return whether the connection keeps the packet
   */
  boolean process(TcpConnection c, Packet packet) {
    c.lastReceiveTime = tcp.time.now();
    c.segmentsIn++;
    KeepAlive keepAlive = c.keepAlive;
    if (keepAlive != null) {
      keepAlive.unanswered = 0;
    }
    boolean kept;
    if (c.state == TcpState.SYN_SENT) {
      if (!handshake.synSent(c, packet)) {
        return false;
      }
      kept = textOfSynAck(c, packet);
    } else {
      kept = arrives(c, packet);
    }
    if (c.state != TcpState.CLOSED) {
      if (c.ackNow && !c.outOfOrder.isEmpty()) {
        tcp.output.sendAck(c); // RFC 5681 section 2: with data on it, it would be no duplicate ACK
      }
      tcp.sender.send(c);
      if (c.ackNow) {
        tcp.output.sendAck(c);
      }
      tcp.reduce(c);
    }
    return kept;
  }

  /** RFC 9293 section 3.10.7.3: text and FIN beside the SYN go on at the sixth step. */
  private boolean textOfSynAck(TcpConnection c, Packet packet) {
    seg.trimFront(packet, c.rcvNxt);
    return seg.sequenceLength() > 0 && c.state.receivesData() && texts.text(c, packet);
  }

  // ---- 3.10.7.4: all other states ----

  private boolean arrives(TcpConnection c, Packet packet) {
    boolean rst = seg.has(TcpHeader.RST);
    if (c.timestamps && seg.options.hasTimestamps() && !rst && isOldTimestamp(c)) {
      if (!isOvertakenAck(c)) {
        tcp.counters.pawsDrops++;
        reportDuplicate(c);
        challenges.answerInvalid(c);
        return false;
      }
    }
    if (handshake.isHandshakeOfSimultaneousOpen(c)) {
      seg.window >>= c.sndScale; // RFC 7323 section 2.2: not scaled, since it has SYN
      seg.trimFront(packet, c.rcvNxt);
    }

    // First, the sequence number.
    if (!isAcceptable(c.rcvNxt, c.rcvAdv, seg)) {
      if (!rst) {
        if (c.state == TcpState.SYN_RECEIVED && seg.has(TcpHeader.SYN) && seg.seq == c.irs) {
          c.ecn.heardSynAgain(seg.flags);
        }
        reportDuplicate(c);
        challenges.answerInvalid(c);
      }
      return false;
    }
    if (c.timestamps && seg.options.hasTimestamps() && !rst) {
      rememberTimestamp(c);
    }

    // Second, RST.
    if (rst) {
      reset(c);
      return false;
    }
    // Fourth, SYN: RFC 5961 section 4.2.
    if (seg.has(TcpHeader.SYN)) {
      challenges.challenge(c);
      return false;
    }
    // Fifth, ACK.
    if (!seg.has(TcpHeader.ACK)
        || c.state == TcpState.SYN_RECEIVED && !handshake.complete(c, packet)
        || !acks.acknowledge(c)) {
      return false;
    }
    if (c.state == TcpState.CLOSED || c.state == TcpState.TIME_WAIT) {
      return false;
    }
    if (!c.state.receivesData()) {
      return false;
    }
    if (seg.length > 0) {
      if ((seg.trafficClass & Ecn.MASK) == Ecn.CE) {
        tcp.counters.congestionMarks++;
      }
      c.ackNow |= c.ecn.received(seg.flags, seg.trafficClass);
    }
    // Sixth, URG; seventh, the text; eighth, FIN.
    c.urgent.arrives(c, seg);
    return texts.text(c, packet);
  }

  /** RFC 2883 section 4: all of the segment came before. */
  private void reportDuplicate(TcpConnection c) {
    if (seg.length > 0 && Seq.leq(seg.seq + seg.length, c.rcvNxt)) {
      c.sackBlocks.duplicate(seg.seq, seg.seq + seg.length);
    }
  }

  /**
   * PAWS, RFC 7323 section 5.3 (R1), against TS.Recent as it was before there was a hole. What
   * fills a hole was sent again, and TS.Recent comes from it; what was sent before that, and is
   * still under way beyond the hole because the path reorders, is no old duplicate. Dropped for
   * one, it would make the next hole, and so on. Nothing beyond a hole left before what preceded
   * the hole, so that old duplicates are still found out.
   */
  private boolean isOldTimestamp(TcpConnection c) {
    return seg.options.timestampValue() - c.tsBeforeHole < 0
        && tcp.time.now() - c.tsRecentTime < PAWS_LIFETIME;
  }

  /**
   * Whether later ACKs overtook this one: it acknowledges nothing new and is not older than a
   * segment can be whose sender still waits for it. To answer it would help nobody, and what its
   * SACK option tells is true (as in Linux).
   */
  private boolean isOvertakenAck(TcpConnection c) {
    int behind = c.tsBeforeHole - seg.options.timestampValue();
    return seg.sequenceLength() == 0
        && seg.has(TcpHeader.ACK)
        && seg.seq == c.rcvNxt
        && Seq.leq(seg.ack, c.sndUna)
        && behind <= c.rtt.rto() / 1_000_000;
  }

  /** RFC 7323 section 4.3 (2): not from a segment beyond a hole, nor from an older one. */
  private void rememberTimestamp(TcpConnection c) {
    int value = seg.options.timestampValue();
    boolean older = value - c.tsRecent < 0 && tcp.time.now() - c.tsRecentTime < PAWS_LIFETIME;
    if (!older && Seq.leq(seg.seq, c.lastAckSent)) {
      c.tsRecent = value;
      c.tsRecentTime = tcp.time.now();
      if (c.outOfOrder.isEmpty()) {
        c.tsBeforeHole = value;
      }
    }
  }

  /**
   * The four cases of RFC 9293 section 3.10.7.4, table 6, and one more, as in Linux: a bare ACK at
   * the right edge of the window counts. Where both sides have filled each other's window, that is
   * where all their ACKs stand, and if all data is lost at once nothing else would ever be heard.
   */
  static boolean isAcceptable(int rcvNxt, int rcvAdv, Segment seg) {
    int window = Math.max(rcvAdv - rcvNxt, 0);
    int length = seg.sequenceLength();
    if (window == 0) {
      // With data it is a probe: its text will be cut off, its ACK counts (MUST-66).
      return seg.seq == rcvNxt;
    }
    boolean bareAck = length == 0 && !seg.has(TcpHeader.RST);
    if (isInside(rcvNxt, seg.seq, bareAck ? window + 1 : window)) {
      return true;
    }
    return length > 0 && isInside(rcvNxt, seg.seq + length - 1, window);
  }

  private static boolean isInside(int left, int sequence, int window) {
    int distance = sequence - left;
    return distance >= 0 && distance < window;
  }

  private void reset(TcpConnection c) {
    // RFC 5961 section 3.2: exactly RCV.NXT, or a challenge.
    if (seg.seq != c.rcvNxt) {
      challenges.challenge(c);
      return;
    }
    switch (c.state) {
      case SYN_RECEIVED -> {
        tcp.counters.attemptFails++;
        tcp.end(c, Result.REFUSED); // MUST-11: it was an active open
      }
      case CLOSING, LAST_ACK -> tcp.end(c, c.failure);
      default -> {
        tcp.counters.establishedResets++;
        tcp.end(c, Result.RESET);
      }
    }
  }
}

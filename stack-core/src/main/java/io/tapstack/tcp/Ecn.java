package io.tapstack.tcp;

import io.tapstack.wire.TcpHeader;

/**
 * Explicit congestion notification of one connection, RFC 3168 section 6.1: what the SYNs agree on;
 * as a receiver, telling the peer of marked packets; as a sender, marking packets as able to carry
 * marks, and hearing at most once per window of data that some were marked.
 *
 * <p>Thread: the owner of the stack.
 */
final class Ecn {
  /** The ECN field of the traffic class, RFC 3168 section 5. */
  static final int MASK = 3;

  static final int ECT_0 = 2;
  static final int CE = 3;

  private static final int BOTH = TcpHeader.ECE | TcpHeader.CWR;

  private final EcnMode mode;

  /** Our SYN asked for it. */
  private boolean asked;

  /** One of our SYNs did not ask, after one that did was not answered. */
  private boolean fellBack;

  private boolean echoes;
  private boolean sends;

  // ---- as a receiver ----

  /** Every ACK says that a packet was marked, until the peer says that it knows. */
  private boolean echoing;

  // ---- as a sender ----

  /** The next new data says that we know. */
  private boolean cwrPending;

  /** There was a reduction, and not all of what was sent before it is acknowledged. */
  private boolean reduced;

  private int reducedAt;

  Ecn(EcnMode mode) {
    this.mode = mode;
  }

  // ---- 6.1.1: what the SYNs agree on ----

  /**
   * The flags of our SYN.
   *
   * @param again whether it was sent before. Somebody on the way may drop SYNs that ask for ECN, so
   *     a repeated one does not ask (section 6.1.1.1)
   */
  int flagsForSyn(boolean again) {
    if (mode != EcnMode.ON || fellBack) {
      return 0;
    }
    if (again) {
      fellBack = asked;
      return 0;
    }
    asked = true;
    return BOTH;
  }

  /** The flags of our SYN-ACK. */
  int flagsForSynAck() {
    return echoes ? TcpHeader.ECE : 0;
  }

  /**
   * A SYN came for a listener. One that is marked is not an honest one (section 6.1.1), unless it
   * asks for accurate ECN, which it then gets the classic answer to (RFC 9768 section 3.1.1).
   *
   * @param accurate whether the AE flag is set
   * @return whether it gets ECN
   */
  static boolean grants(EcnMode mode, int flags, boolean accurate, int trafficClass) {
    boolean unmarked = accurate || (trafficClass & MASK) == 0;
    return mode != EcnMode.OFF && asks(flags) && unmarked;
  }

  /** Whether a SYN asks for it. */
  static boolean asks(int flags) {
    return (flags & BOTH) == BOTH;
  }

  /**
   * A handshake is complete that a peer began.
   *
   * @param granted whether our SYN-ACK granted it
   * @param givenUp whether its sender gave ECN up, so that we must not mark packets
   */
  void accepted(boolean granted, boolean givenUp) {
    echoes = granted;
    sends = granted && !givenUp;
  }

  /** A SYN came again, without asking: its sender gave ECN up, so we must not mark packets. */
  void heardSynAgain(int flags) {
    sends &= asks(flags);
  }

  /**
   * The answer to our SYN came. After a fallback we may not send marked packets, but the peer may,
   * and hears of those that met congestion (section 6.1.1.1).
   *
   * @param flags of a SYN-ACK, or of a SYN that crossed ours
   */
  void heardAnswer(int flags) {
    int granted = (flags & TcpHeader.ACK) != 0 ? TcpHeader.ECE : BOTH;
    echoes = asked && (flags & BOTH) == granted;
    sends = echoes && !fellBack;
  }

  /** Whether both sides agreed to it. */
  boolean isNegotiated() {
    return sends;
  }

  // ---- 6.1.3: the receiver ----

  /**
   * A segment with text came.
   *
   * @return whether it is to be acknowledged at once: the marks began, or the peer has reduced its
   *     window so that it may have nothing else to send
   */
  boolean received(int flags, int trafficClass) {
    if (!echoes) {
      return false;
    }
    boolean ackNow = false;
    if ((flags & TcpHeader.CWR) != 0) {
      echoing = false;
      ackNow = true;
    }
    if ((trafficClass & MASK) == CE && !echoing) {
      echoing = true;
      ackNow = true;
    }
    return ackNow;
  }

  /** The flag of every segment that acknowledges; not of SYNs. */
  int flagsForAck() {
    return echoing ? TcpHeader.ECE : 0;
  }

  // ---- 6.1.2: the sender ----

  /**
   * An ACK came.
   *
   * @param ece whether it says that a packet was marked
   * @return whether the congestion window must fall: only once for all that was in flight then,
   *     whatever the peer says meanwhile
   */
  boolean acknowledged(boolean ece, int ack, int sndMax) {
    if (reduced && Seq.gt(ack, reducedAt)) {
      reduced = false;
    }
    if (!sends || !ece || reduced) {
      return false;
    }
    reducedTo(sndMax);
    return true;
  }

  /** The congestion window fell, whatever for: the peer is told, and ECE means nothing new. */
  void reducedTo(int sndMax) {
    if (sends) {
      reduced = true;
      reducedAt = sndMax;
      cwrPending = true;
    }
  }

  /** The flag of a segment with new data: once after each reduction. */
  int flagsForData() {
    if (!cwrPending) {
      return 0;
    }
    cwrPending = false;
    return TcpHeader.CWR;
  }

  /**
   * The ECN field of a segment.
   *
   * @param newData whether it has data that is sent for the first time, and within the window: pure
   *     ACKs, retransmissions and window probes are not marked (sections 6.1.4 to 6.1.6)
   */
  int field(boolean newData) {
    return sends && newData ? ECT_0 : 0;
  }
}

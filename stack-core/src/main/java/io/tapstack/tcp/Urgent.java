package io.tapstack.tcp;

import io.tapstack.wire.TcpHeader;

/**
 * The urgent mechanism of one connection: RFC 9293 section 3.8.5 as RFC 6093 reads it. Urgent data
 * is never taken out of the stream; the pointer only says up to where the stream is urgent, and is
 * the number of the octet after it (MUST-62). Positions are counts of bytes since the connection
 * began, so urgent data may have any length (MUST-31).
 */
final class Urgent {
  private static final int MAX_POINTER = 65_535;

  /** SND.UP: what was written before this position is urgent. */
  private long sendUntil;

  /** RCV.UP: what arrives before this position is urgent. */
  private long receiveUntil;

  // ---- what we send ----

  /** All that was written so far is urgent. */
  void mark(long written) {
    sendUntil = written;
  }

  /**
   * The urgent pointer of a segment, or 0 if nothing from it on is urgent. What lies further ahead
   * than the field can say is announced by its largest value, as BSD does.
   *
   * @param position of the segment's first byte, or of the next one to send if it has none
   */
  int pointer(long position) {
    return (int) Math.min(Math.max(sendUntil - position, 0), MAX_POINTER);
  }

  // ---- what we receive ----

  /**
   * Sixth step of RFC 9293 section 3.10.7.4: RCV.UP moves on with the pointer of an acceptable
   * segment, and the application is told (MUST-32), unless it has read beyond it already. A pointer
   * of zero, or one that another has overtaken, says nothing.
   */
  void arrives(TcpConnection c, Segment segment) {
    if (!segment.has(TcpHeader.URG)) {
      return;
    }
    int ahead = segment.seq + segment.urgentPointer - c.rcvNxt;
    long until = c.receiveRing.published() + ahead;
    if (until > receiveUntil && until > c.receiveRing.consumed()) {
      receiveUntil = until;
      c.events.changed(TcpEvents.URGENT);
    }
  }

  /** How many bytes from the next one to read on are urgent (MUST-33). */
  long remaining(long read) {
    return Math.max(receiveUntil - read, 0);
  }
}

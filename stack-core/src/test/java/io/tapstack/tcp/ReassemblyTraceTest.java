package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.rst;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Text out of order, what SACK and D-SACK say of it, and edges that other stacks were wrong at. */
class ReassemblyTraceTest {
  private TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  /** With SACK; the peer's first byte is 1. */
  private TcpConnection established() {
    peer.listens();
    peer.sends(syn().seq(0).mss(1460).sackOk()).expects(synAck(1).seq(0).mss(1460).sackOk());
    peer.sends(ack(1).seq(1));
    return peer.accepts();
  }

  private TcpPeer text(int from, int to) {
    return peer.sends(ack(1).seq(from).data(Bytes.pattern(from - 1, to - from)));
  }

  /** The multiple-overlap case of Linux's own tests. Proves: RFC 2883 4.2; RFC 2883 4.3 */
  @Test
  void ofSeveralOverlapsTheFirstIsReported() {
    TcpConnection c = established();
    text(1001, 2001).expects(ack(1).seq(1).sack(1001, 2001));
    text(2001, 3001).expects(ack(1).seq(1).sack(1001, 3001));
    text(4001, 5001).expects(ack(1).seq(1).sack(4001, 5001).sack(1001, 3001));
    text(7001, 8001).expects(ack(1).seq(1).sack(7001, 8001).sack(4001, 5001).sack(1001, 3001));
    // 1:6001 in two, for a frame has no room for it; D-SACKs cut at the segments' ends.
    text(1, 1401).expects(ack(3001).seq(1).sack(1001, 1401).sack(7001, 8001).sack(4001, 5001));
    text(3001, 4401).expects(ack(5001).seq(1).sack(4001, 4401).sack(7001, 8001));
    text(4601, 6001).expects(ack(6001).seq(1).sack(4601, 5001).sack(7001, 8001));
    assertThat(c.readable()).isEqualTo(6000);
  }

  /** Proves: RFC 2883 4.2 */
  @Test
  void aSegmentThatCoversTwoHeldOnesReportsTheFirst() {
    established();
    text(201, 301).expects(ack(1).seq(1).sack(201, 301));
    text(401, 501).expects(ack(1).seq(1).sack(401, 501).sack(201, 301));
    text(101, 601).expects(ack(1).seq(1).sack(201, 301).sack(101, 601));
    text(801, 901).expects(ack(1).seq(1).sack(801, 901).sack(101, 601));
    text(1, 701).expects(ack(701).seq(1).sack(101, 601).sack(801, 901));
  }

  /**
   * Linux's case within one frame: 1:601 over 101:301, 401:501 and 701:801. Proves: RFC 2883 4.2
   */
  @Test
  void aSegmentThatFillsTwoHolesReportsTheFirstOverlap() {
    established();
    text(101, 301).expects(ack(1).seq(1).sack(101, 301));
    text(401, 501).expects(ack(1).seq(1).sack(401, 501).sack(101, 301));
    text(701, 801).expects(ack(1).seq(1).sack(701, 801).sack(401, 501).sack(101, 301));
    text(1, 601).expects(ack(601).seq(1).sack(101, 301).sack(701, 801));
  }

  /** The larger block that holds the duplicate follows it. Proves: RFC 2883 4.1 */
  @Test
  void aDuplicateIsFollowedByTheBlockThatHoldsIt() {
    established();
    text(201, 301).expects(ack(1).seq(1).sack(201, 301));
    text(301, 401).expects(ack(1).seq(1).sack(201, 401));
    text(501, 601).expects(ack(1).seq(1).sack(501, 601).sack(201, 401));
    text(251, 351).expects(ack(1).seq(1).sack(251, 351).sack(201, 401).sack(501, 601));
  }

  /**
   * A block that was forgotten for newer ones is whole when it is told again. Proves: RFC 2018 4
   */
  @Test
  void theFirstBlockIsWholeEvenIfItWasForgotten() {
    established();
    text(201, 301).expects(ack(1).seq(1).sack(201, 301));
    for (int i = 0; i < 4; i++) {
      text(401 + 200 * i, 501 + 200 * i);
    }
    peer.takesAll();
    text(301, 351)
        .expects(ack(1).seq(1).sack(201, 351).sack(1001, 1101).sack(801, 901).sack(601, 701));
  }

  /** What was given up is not reported any more. Proves: RFC 2018 8; attack 13 */
  @Test
  void whatIsDroppedForNearerDataIsWithdrawn() {
    peer = new TcpPeer(TcpConfig.builder().maxOutOfOrder(2));
    TcpConnection c = established();
    text(1001, 1601).expects(ack(1).seq(1).sack(1001, 1601));
    text(3001, 3601).expects(ack(1).seq(1).sack(3001, 3601).sack(1001, 1601));
    text(2001, 2601).expects(ack(1).seq(1).sack(2001, 2601).sack(1001, 1601));
    text(4001, 4601).expects(ack(1).seq(1).sack(2001, 2601).sack(1001, 1601)); // too far
    assertThat(c.outOfOrder.packets()).isEqualTo(2);
    assertThat(peer.stack.tcp().counters().outOfOrderPruned()).isEqualTo(1);
    assertThat(peer.stack.tcp().counters().outOfOrderDropped()).isEqualTo(1);
    text(1, 1001).expects(ack(1601).seq(1).sack(2001, 2601));
  }

  /** A byte in every second place, over the whole window. Proves: attack 13 */
  @Test
  void tinySegmentsWithHolesPinABoundedNumberOfPackets() {
    TcpConnection c = established();
    int free = peer.stack.pool().available();
    for (int i = 0; i < 20_000; i++) {
      text(3 + 2 * i, 4 + 2 * i);
      peer.takesAll();
    }
    assertThat(c.outOfOrder.packets()).isEqualTo(128); // twice the buffer of 128 KiB
    assertThat(free - peer.stack.pool().available()).isEqualTo(128);
    // The nearest are kept, and the stream goes on.
    text(1, 3);
    peer.takesAll();
    assertThat(c.readable()).isEqualTo(3);
    c.abort();
    peer.takesAll();
    assertThat(peer.stack.pool().available()).isEqualTo(free);
  }

  // ---- facts that Linux's own tests hold ----

  /** Proves: RFC 7323 2.4; RFC 9293 SHLD-14 */
  @Test
  void whatFitsIntoAnyWindowEverAdvertisedIsTaken() {
    peer = new TcpPeer(TcpConfig.builder().receiveBuffer(20_000));
    TcpConnection c = peer.toEstablished();
    assertThat(peer.last().window()).isEqualTo(20_000);
    c.receiveBuffer(2048); // the buffer shrinks, the promise stands
    int next = 101;
    for (int i = 0; i < 20; i++) {
      peer.sends(ack(1).seq(next).data(Bytes.pattern(1000 * i, 1000)));
      next += 1000;
    }
    assertThat(c.readable()).isEqualTo(20_000);
    peer.takesAll();
    peer.sends(ack(1).seq(next).data("x")).expects(ack(next).seq(1).win(0));
  }

  /** Data beyond the window is cut, and a RST beyond it does nothing. Proves: RFC 5961 3.2 */
  @Test
  void dataBeyondTheWindowDoesNotMoveWhatIsInside() {
    peer = new TcpPeer(TcpConfig.builder().receiveBuffer(4096));
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).data(Bytes.pattern(0, 1460)));
    peer.sends(ack(1).seq(1561).data(Bytes.pattern(1460, 1460)))
        .expects(ack(3021).seq(1).win(1176));
    peer.sends(ack(1).seq(3021).data(Bytes.pattern(2920, 1460))).expects(ack(4197).seq(1).win(0));
    peer.sends(rst().seq(4481)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(c.readable()).isEqualTo(4096);
  }

  /** Proves: RFC 9293 MUST-66 */
  @Test
  void aFinAtAShutWindowIsTakenAndARstToo() {
    peer = new TcpPeer(TcpConfig.builder().receiveBuffer(2048));
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).data(Bytes.pattern(0, 1024)));
    peer.sends(ack(1).seq(1125).data(Bytes.pattern(1024, 1024))).expects(ack(2149).seq(1).win(0));
    peer.sends(fin(1).seq(2149)).expects(ack(2150).seq(1).win(0));
    assertThat(c.state()).isEqualTo(TcpState.CLOSE_WAIT);
    peer.sends(rst().seq(2150));
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
  }

  /** A FIN whose ACK field is old, after a newer ACK, is acknowledged. */
  @Test
  void aFinThatWasOvertakenIsAcknowledged() {
    TcpConnection c = peer.toFinWait2();
    peer.sends(fin(1).seq(101)).expects(ack(102).seq(2));
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
  }

  /** A duplicate is no unread data: close sends FIN. Proves: RFC 9293 3.6.1 */
  @Test
  void closeAfterADuplicateSendsNoRst() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).data("hello"));
    assertThat(TcpPeer.reads(c)).isEqualTo("hello");
    peer.at(ms(40)).expects(ack(106).seq(1));
    peer.sends(fin(1).seq(101).data("hello")).expects(ack(107).seq(1));
    c.close();
    peer.expects(fin(107).seq(1));
    peer.sends(ack(2).seq(107));
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
  }

  /** Proves: attack 7 */
  @Test
  void anUrgentPointerOfNothingOrFarAheadMovesNothing() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).data("ab").urg(0)).expectsNothing();
    peer.sends(ack(1).seq(103).data("cd").urg(0xffff)).expectsNothing();
    peer.sends(ack(1).seq(105).urg(0xffff)).expectsNothing();
    peer.sends(ack(1).seq(106).data("f").urg(0)).expects(ack(105).seq(1));
    peer.sends(ack(1).seq(105).data("e").urg(1)).expects(ack(107).seq(1));
    assertThat(TcpPeer.reads(c)).isEqualTo("abcdef");
  }

  /** Of old timestamps and wild ones the receive buffer learns nothing. Proves: attack 57 */
  @Test
  void anEchoFromTheFutureIsNoRoundTrip() {
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).ts(1, 0)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101).ts(2, 0));
    TcpConnection c = peer.accepts();
    peer.sends(ack(1).seq(101).ts(3, 1_000_000).data(Bytes.pattern(0, 1448)));
    peer.sends(ack(1).seq(1549).ts(4, -0x4000_0001).data(Bytes.pattern(1448, 1448)));
    peer.takesAll();
    assertThat(c.receiveBuffer.roundTrip()).isZero();
  }
}

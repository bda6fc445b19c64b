package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.Bytes;
import io.tapstack.wire.TcpSegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Congestion control and loss recovery: RFC 5681, 6582, 3042 and 6928, in segments of 1,460 bytes.
 */
class CongestionTraceTest {
  /** Segments keep their size, however often they time out. */
  private final TcpPeer peer =
      new TcpPeer(TcpConfig.builder().congestionControl("reno").mtuProbing(MtuProbing.OFF));

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  private static final int MSS = 1460;

  private TcpConnection c;

  /** {@code count} segments are queued; the windows decide what is sent. */
  private void writes(int count) {
    TcpPeer.writes(c, 0, count * MSS);
  }

  /** The numbers of the segments that are sent now, from 0. */
  private void expectsSegments(int... numbers) {
    List<Integer> sent = new ArrayList<>();
    for (TcpSegment s : peer.takesAll()) {
      assertThat(s.data().length()).isEqualTo(MSS);
      sent.add((s.sequence() - 1) / MSS);
    }
    assertThat(sent).containsExactly(Arrays.stream(numbers).boxed().toArray(Integer[]::new));
  }

  /** All segments before this one are acknowledged. */
  private void acknowledges(int number) {
    peer.sends(ack(1 + number * MSS).seq(101));
  }

  @BeforeEach
  void establishes() {
    c = peer.toEstablished();
  }

  // Proves: RFC 6928 2
  @Test
  void theInitialWindowIsTenSegments() { // RFC 6928 section 2
    writes(20);
    expectsSegments(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  // Proves: RFC 6928 2
  @Test
  void theInitialWindowOfSmallSegmentsIsTenOfThem() {
    TcpPeer small = new TcpPeer().listens();
    small.sends(syn().seq(100)).expects(synAck(101).seq(0));
    small.sends(ack(1).seq(101));
    TcpPeer.writes(small.accepts(), 0, 20 * 536);
    assertThat(small.takesAll()).hasSize(10).allMatch(s -> s.data().length() == 536);
  }

  @Test
  void theInitialWindowIsConfigured() {
    TcpPeer modest = new TcpPeer(TcpConfig.builder().initialWindow(2));
    TcpPeer.writes(modest.toEstablished(), 0, 20 * MSS);
    assertThat(modest.takesAll()).hasSize(2);
  }

  // Proves: RFC 9293 MUST-19; RFC 5681 3.1
  @Test
  void slowStartDoublesWithEachRoundTrip() { // RFC 5681 section 3.1, RFC 3465
    writes(60);
    expectsSegments(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    acknowledges(1);
    expectsSegments(10, 11);
    acknowledges(3);
    expectsSegments(12, 13, 14, 15);
    acknowledges(10); // more than two at once count as two: here 7 leave, 2 are added
    expectsSegments(16, 17, 18, 19, 20, 21, 22, 23, 24);
    assertThat(c.congestion.cwnd()).isEqualTo(15 * MSS);
  }

  // Proves: RFC 5681 3.2; RFC 6582 3.2
  @Test
  void threeDuplicatesAreALoss() { // RFC 5681 section 3.2, RFC 3042, RFC 6582
    writes(30);
    expectsSegments(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    acknowledges(0);
    expectsSegments(10); // limited transmit
    acknowledges(0);
    expectsSegments(11);
    acknowledges(0);
    // Fast retransmit: half of 10 in flight, for limited transmit does not count, and 3 that left.
    expectsSegments(0);
    assertThat(c.congestion.ssthresh()).isEqualTo(5 * MSS);
    for (int i = 0; i < 4; i++) {
      acknowledges(0);
      expectsSegments();
    }
    acknowledges(0);
    expectsSegments(12); // 5 + 8 that left
    acknowledges(2); // partial: 2 is missing as well
    expectsSegments(2, 13);
    acknowledges(12); // all that was sent before the loss was seen
    expectsSegments(14, 15, 16);
    assertThat(c.congestion.cwnd()).isEqualTo(5 * MSS);
    assertThat(peer.stack.tcp().counters().fastRetransmits()).isEqualTo(1);
    acknowledges(17);
    peer.takesAll();
  }

  // Proves: attack 55
  @Test
  void forgedDuplicatesGainNoMoreThanTheFlight() { // RFC 5681 section 3.2 (4)
    writes(40);
    expectsSegments(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    for (int i = 0; i < 1000; i++) {
      acknowledges(0);
    }
    // Two by limited transmit, segment 0 again, and four more: as if the other eleven had arrived,
    // they and five make up the window of half the flight. No duplicate counts for the four.
    expectsSegments(10, 11, 0, 12, 13, 14, 15);
    assertThat(c.congestion.cwnd()).isEqualTo(5 * MSS);
    assertThat(peer.stack.tcp().counters().fastRetransmits()).isEqualTo(1);
    acknowledges(16);
    peer.takesAll();
  }

  // Proves: RFC 9293 MUST-19; RFC 5681 3.1
  @Test
  void afterRecoveryTheWindowIsHalf() {
    writes(30);
    expectsSegments(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    for (int i = 0; i < 3; i++) {
      acknowledges(0);
    }
    expectsSegments(10, 11, 0);
    for (int i = 0; i < 8; i++) {
      acknowledges(0); // 3 to 11 left
    }
    expectsSegments(12, 13, 14, 15);
    acknowledges(12);
    assertThat(c.congestion.cwnd()).isEqualTo(5 * MSS);
    expectsSegments(16);
    // Congestion avoidance: one segment more for a whole window.
    acknowledges(14);
    expectsSegments(17, 18);
    acknowledges(16);
    expectsSegments(19, 20);
    acknowledges(17);
    expectsSegments(21, 22);
    assertThat(c.congestion.cwnd()).isEqualTo(6 * MSS);
  }

  // Proves: RFC 3042 2
  @Test
  void twoDuplicatesAreNoLoss() {
    writes(20);
    expectsSegments(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    acknowledges(0);
    acknowledges(0);
    expectsSegments(10, 11);
    acknowledges(2);
    assertThat(c.congestion.cwnd()).isEqualTo(12 * MSS);
    expectsSegments(12, 13);
  }

  // Proves: RFC 5681 3.2
  @Test
  void whatIsNoDuplicateIsNotCounted() { // RFC 5681 section 2
    writes(10);
    expectsSegments(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    for (int i = 0; i < 4; i++) {
      peer.sends(ack(1).seq(101).win(60_000 - i)).expectsNothing(); // tells of the window
    }
    peer.sends(ack(1).seq(101).data("a")).expectsNothing(); // brings data
    peer.sends(ack(1).seq(102).data("b")).expectsNothing();
    peer.sends(ack(1).seq(103).data("c")).expectsNothing();
    peer.sends(ack(1).seq(104).data("d")).expectsNothing();
    assertThat(peer.stack.tcp().counters().fastRetransmits()).isZero();
    for (int i = 0; i < 5; i++) {
      peer.sends(ack(1 + 10 * MSS).seq(105)).expectsNothing(); // nothing is outstanding
    }
    peer.at(ms(40)).expects(ack(105).seq(1 + 10 * MSS));
    assertThat(c.congestion.ssthresh()).isEqualTo(Integer.MAX_VALUE);
  }

  // Proves: RFC 6582 3.2
  @Test
  void aTimeoutAfterRecoveryGoesBack() {
    writes(20);
    expectsSegments(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    for (int i = 0; i < 3; i++) {
      acknowledges(0);
    }
    expectsSegments(10, 11, 0);
    peer.at(ms(200)); // the retransmission was lost as well
    expectsSegments(0);
    assertThat(c.congestion.cwnd()).isEqualTo(MSS);
    // RFC 6582 section 3.2 (4): duplicates of what was sent before the timeout say nothing.
    for (int i = 0; i < 5; i++) {
      acknowledges(0);
    }
    assertThat(peer.stack.tcp().counters().fastRetransmits()).isEqualTo(1);
    peer.takesAll();
  }

  /** The window has grown to 20 segments, and all of them are acknowledged. */
  private void grow() {
    writes(10);
    expectsSegments(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    for (int i = 2; i <= 10; i += 2) {
      acknowledges(i);
    }
    assertThat(c.congestion.cwnd()).isEqualTo(20 * MSS); // all ten were in flight at once
  }

  @Test
  void aBusyConnectionKeepsItsWindow() {
    grow();
    peer.at(ms(200));
    writes(30);
    expectsSegments(IntStream.range(10, 30).toArray());
  }

  // Proves: RFC 5681 4.1
  @Test
  void anIdleConnectionRestartsWithTheInitialWindow() { // RFC 5681 section 4.1
    grow();
    peer.at(ms(200) + 1);
    writes(20);
    expectsSegments(10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
  }

  @Test
  void finCountsAsASegmentThatArrived() {
    writes(3);
    c.shutdownOutput();
    assertThat(peer.takesAll()).hasSize(3 + 1);
    assertThat(c.writable()).isZero();
    for (int i = 0; i < 2; i++) {
      acknowledges(0);
      expectsSegments();
    }
    acknowledges(0); // for FIN beyond the hole
    expectsSegments(0);
    peer.sends(ack(2 + 3 * MSS).seq(101)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.FIN_WAIT_2);
  }

  @Test
  void finIsRetransmittedBehindTheLastData() {
    writes(5);
    c.shutdownOutput();
    assertThat(peer.takesAll()).hasSize(5 + 1);
    acknowledges(4);
    peer.at(ms(200) - 1).expectsNothing();
    peer.at(ms(200)).expects(ack(101).seq(1 + 4 * MSS).psh().data(Bytes.pattern(4 * MSS, MSS)));
    acknowledges(5); // but not FIN, which was lost as well
    peer.expects(fin(101).seq(1 + 5 * MSS));
    peer.sends(ack(2 + 5 * MSS).seq(101)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.FIN_WAIT_2);
  }

  // Proves: attack 54; RFC 3465 2.1
  @Test
  void acksOfSingleBytesGainNothing() { // RFC 3465 section 2.1, against ACK division
    writes(20);
    expectsSegments(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    for (int i = 1; i <= 100; i++) {
      peer.sends(ack(1 + i).seq(101));
    }
    assertThat(c.congestion.cwnd()).isEqualTo(10 * MSS + 100);
    expectsSegments();
  }

  // Proves: RFC 5681 3.1
  @Test
  void repeatedTimeoutsHalveOnce() { // RFC 5681 section 3.1
    writes(10);
    expectsSegments(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    for (int at : new int[] {200, 600, 1400}) {
      peer.at(ms(at));
      expectsSegments(0);
      assertThat(c.congestion.ssthresh()).isEqualTo(5 * MSS);
      assertThat(c.congestion.cwnd()).isEqualTo(MSS);
    }
    acknowledges(10);
    expectsSegments();
  }
}

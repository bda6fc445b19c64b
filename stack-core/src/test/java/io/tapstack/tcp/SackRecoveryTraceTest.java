package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.Bytes;
import io.tapstack.wire.TcpSegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Loss recovery of RFC 6675, in segments of 1000 bytes: ten of them are the initial window. */
class SackRecoveryTraceTest {
  private static final int MSS = 1000;
  private final TcpPeer peer = new TcpPeer(TcpConfig.builder().congestionControl("reno"));
  private TcpConnection c;

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  /** Ten segments, 1 to 10001, are in flight; {@code more} bytes wait behind them. */
  private void tenInFlight(int more) {
    peer.listens();
    peer.sends(syn().seq(100).mss(MSS).sackOk());
    peer.expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101));
    c = peer.accepts();
    TcpPeer.writes(c, 0, 10 * MSS + more);
    for (int i = 0; i < 10; i++) {
      expectsSegment(i);
    }
  }

  /** Segment number {@code i} of the stream, pushed if nothing was written behind it. */
  private void expectsSegment(int i) {
    TcpSegment segment = data(i);
    peer.expects(c.sendRing.tail() == (i + 1) * MSS ? segment.psh() : segment);
  }

  private void expectsAgain(int i) {
    peer.expects(data(i));
  }

  private static TcpSegment data(int i) {
    return ack(101).seq(at(i)).data(Bytes.pattern(i * MSS, MSS));
  }

  private static int at(int i) {
    return 1 + i * MSS;
  }

  // Proves: RFC 6675 5
  @Test
  void theThirdDuplicateSendsTheHoleAgainAtOnce() { // section 5 (4)
    tenInFlight(0);
    peer.sends(ack(1).seq(101).sack(at(1), at(2))).expectsNothing();
    peer.sends(ack(1).seq(101).sack(at(1), at(3))).expectsNothing();
    peer.sends(ack(1).seq(101).sack(at(1), at(4)));
    expectsAgain(0);
    peer.sends(ack(at(10)).seq(101)).expectsNothing();
    assertThat(peer.stack.tcp().counters().fastRetransmits()).isEqualTo(1);
    assertThat(c.congestion.ssthresh()).isEqualTo(5 * MSS);
  }

  // Proves: RFC 3042 2
  @Test
  void limitedTransmitFollowsFromThePipe() { // RFC 3042
    tenInFlight(2 * MSS);
    peer.sends(ack(1).seq(101).sack(at(1), at(2)));
    expectsSegment(10);
    peer.sends(ack(1).seq(101).sack(at(1), at(3)));
    expectsSegment(11);
    peer.sends(ack(at(12)).seq(101));
  }

  // Proves: RFC 2018 5; RFC 6675 4; RFC 6675 5
  @Test
  void severalLossesAreRepairedInOneRoundTrip() { // section 4, NextSeg rule 1
    tenInFlight(0);
    // Segments 0, 2 and 4 are lost; 1, 3 and 5 to 9 arrive.
    peer.sends(ack(1).seq(101).sack(at(1), at(2))).expectsNothing();
    peer.sends(ack(1).seq(101).sack(at(3), at(4)).sack(at(1), at(2))).expectsNothing();
    peer.sends(ack(1).seq(101).sack(at(5), at(6)).sack(at(3), at(4)).sack(at(1), at(2)));
    expectsAgain(0);
    // The pipe: 0 once more, 4 and 7 to 9. Segment 2 counts as lost, but five are enough.
    peer.sends(ack(1).seq(101).sack(at(5), at(7)).sack(at(3), at(4)).sack(at(1), at(2)));
    peer.expectsNothing();
    // Now 4 counts as lost as well, and the pipe holds 0, 8 and 9.
    peer.sends(ack(1).seq(101).sack(at(5), at(8)).sack(at(3), at(4)).sack(at(1), at(2)));
    expectsAgain(2);
    expectsAgain(4);
    peer.sends(ack(1).seq(101).sack(at(5), at(10)).sack(at(3), at(4)).sack(at(1), at(2)));
    peer.sends(ack(at(10)).seq(101)).expectsNothing();
    assertThat(peer.stack.tcp().counters().retransmittedSegments()).isEqualTo(3);
    assertThat(peer.stack.tcp().counters().timeouts()).isZero();
  }

  @Test
  void manyBytesAboveAHoleAreALossWithoutThreeDuplicates() { // IsLost; ACKs were lost
    tenInFlight(0);
    peer.sends(ack(1).seq(101).sack(at(1), at(4)));
    expectsAgain(0);
    peer.sends(ack(at(10)).seq(101));
  }

  // Proves: RFC 2883 5
  @Test
  void aDuplicateReportIsNoDuplicateAck() { // RFC 2883: below the acknowledgment number
    tenInFlight(0);
    peer.sends(ack(at(5)).seq(101));
    for (int i = 0; i < 5; i++) {
      peer.sends(ack(at(5)).seq(101).sack(at(1), at(2))).expectsNothing();
    }
    peer.sends(ack(at(10)).seq(101));
  }

  // Proves: attack 59
  @Test
  void blocksOfWhatWasNeverSentAreIgnored() { // attacks: a bogus SACK
    tenInFlight(0);
    for (int i = 0; i < 5; i++) {
      peer.sends(ack(1).seq(101).sack(at(11 + i), at(30))).expectsNothing();
      peer.sends(ack(1).seq(101).sack(at(5), at(4))).expectsNothing();
    }
    peer.sends(ack(at(10)).seq(101));
  }

  @Test
  void afterATimeoutTheScoreboardIsForgotten() { // RFC 2018 section 8: the peer may have reneged
    tenInFlight(0);
    peer.sends(ack(1).seq(101).sack(at(1), at(2))).expectsNothing();
    peer.at(ms(200));
    expectsAgain(0);
    // Slow start goes on from the first segment; the second is sent again as well.
    peer.sends(ack(at(1)).seq(101));
    expectsAgain(1);
    expectsAgain(2);
    peer.sends(ack(at(10)).seq(101));
  }

  @Test
  void afterATimeoutWhatThePeerHoldsIsSkipped() {
    tenInFlight(0);
    peer.at(ms(200));
    expectsAgain(0);
    peer.sends(ack(at(1)).seq(101).sack(at(2), at(9)));
    expectsAgain(1);
    expectsSegment(9);
    peer.sends(ack(at(10)).seq(101));
  }
}

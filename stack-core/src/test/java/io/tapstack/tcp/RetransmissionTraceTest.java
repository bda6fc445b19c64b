package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.rst;
import static io.tapstack.wire.Segments.rstAck;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.TcpSegment;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The retransmission timer: RFC 6298, R2 of RFC 9293 section 3.8.3. */
class RetransmissionTraceTest {
  private final TcpPeer peer = new TcpPeer(TcpConfig.builder().congestionControl("reno"));

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  /** A round trip of 100 ms is measured: SRTT 100, RTTVAR 50, RTO 300 ms. The time is 100 ms. */
  private TcpConnection toEstablished() {
    peer.toSynReceived();
    peer.at(ms(100)).sends(ack(1).seq(101));
    return peer.accepts();
  }

  private void expectsAgain(int at, TcpSegment segment) {
    peer.at(ms(at) - 1).expectsNothing();
    peer.at(ms(at)).expects(segment);
  }

  // Proves: RFC 9293 MUST-18; RFC 6298 2.2; RFC 6298 2.3
  @Test
  void theTimeoutFollowsTheRoundTrips() { // RFC 6298 (2.2) and (2.3)
    TcpConnection c = toEstablished();
    TcpPeer.writes(c, "a");
    peer.expects(ack(101).seq(1).psh().data("a"));
    peer.at(ms(200)).sends(ack(2).seq(101)).expectsNothing(); // RTTVAR 37.5, RTO 300
    TcpPeer.writes(c, "b");
    peer.expects(ack(101).seq(2).psh().data("b"));
    expectsAgain(500, ack(101).seq(2).psh().data("b"));
    peer.sends(ack(3).seq(101));
  }

  // Proves: RFC 6298 5.3
  @Test
  void duplicateAcksDoNotStartTheTimerAnew() {
    TcpConnection c = toEstablished();
    TcpPeer.writes(c, 0, 3 * 1460);
    assertThat(peer.takesAll()).hasSize(3);
    peer.at(ms(200)).sends(ack(1).seq(101)).expectsNothing();
    peer.at(ms(300)).sends(ack(1).seq(101)).expectsNothing();
    expectsAgain(400, ack(101).seq(1).data(Bytes.pattern(0, 1460)));
    peer.sends(ack(1 + 3 * 1460).seq(101));
  }

  // Proves: RFC 9293 MUST-19; RFC 6298 5.5
  @Test
  void theFirstTimeoutDoubles() { // (5.5)
    TcpConnection c = toEstablished();
    TcpPeer.writes(c, "a");
    TcpSegment a = ack(101).seq(1).psh().data("a");
    peer.expects(a);
    expectsAgain(400, a);
    expectsAgain(1000, a);
    expectsAgain(2200, a);
    peer.sends(ack(2).seq(101));
  }

  // Proves: RFC 9293 MUST-18; RFC 6298 3
  @Test
  void whatWasSentTwiceIsNotMeasured() { // Karn: section 3; the back-off stays until (5.7)
    TcpConnection c = toEstablished();
    TcpPeer.writes(c, "a");
    peer.expects(ack(101).seq(1).psh().data("a"));
    expectsAgain(400, ack(101).seq(1).psh().data("a"));
    peer.at(ms(500)).sends(ack(2).seq(101));
    TcpPeer.writes(c, "b");
    peer.expects(ack(101).seq(2).psh().data("b"));
    expectsAgain(1100, ack(101).seq(2).psh().data("b"));
    peer.at(ms(1150)).sends(ack(3).seq(101));
    TcpPeer.writes(c, "c");
    peer.expects(ack(101).seq(3).psh().data("c"));
    peer.at(ms(1250)).sends(ack(4).seq(101)); // measured at last: 100 ms, RTO 300
    TcpPeer.writes(c, "d");
    peer.expects(ack(101).seq(4).psh().data("d"));
    expectsAgain(1550, ack(101).seq(4).psh().data("d"));
    peer.sends(ack(5).seq(101));
  }

  private TcpConnection toEstablishedWithTimestamps() {
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).ts(1000, 0)).expects(synAck(101).seq(0));
    peer.at(ms(100)).sends(ack(1).seq(101).ts(1100, 0));
    return peer.accepts();
  }

  // Proves: RFC 6298 3
  @Test
  void timestampsTellWhichOfTheTwoIsAcknowledged() { // RFC 7323 section 4.2
    TcpConnection c = toEstablishedWithTimestamps();
    TcpPeer.writes(c, "a");
    peer.expects(ack(101).seq(1).psh().ts(100, 1100).data("a"));
    expectsAgain(400, ack(101).seq(1).psh().ts(400, 1100).data("a"));
    peer.at(ms(450)).sends(ack(2).seq(101).ts(1450, 400)); // 50 ms: SRTT 93.75, RTTVAR 50
    TcpPeer.writes(c, "b");
    peer.expects(ack(101).seq(2).psh().data("b"));
    peer.at(ms(450) + 293_750_000 - 1).expectsNothing();
    peer.at(ms(450) + 293_750_000).expects(ack(101).seq(2).psh().data("b"));
    peer.sends(ack(3).seq(101).ts(1800, 700));
  }

  @Test
  void anEchoOfTheFirstTransmissionIsNotMeasuredAfterATimeout() {
    TcpConnection c = toEstablishedWithTimestamps();
    TcpPeer.writes(c, "a");
    peer.expects(ack(101).seq(1).psh().data("a"));
    expectsAgain(400, ack(101).seq(1).psh().data("a"));
    peer.at(ms(450)).sends(ack(2).seq(101).ts(1450, 100));
    TcpPeer.writes(c, "b");
    peer.expects(ack(101).seq(2).psh().data("b"));
    expectsAgain(1050, ack(101).seq(2).psh().data("b"));
    peer.sends(ack(3).seq(101).ts(2000, 1050));
  }

  // Proves: RFC 7323 4.1
  @Test
  void anEchoOnAnAckOfNothingNewIsNotMeasured() { // RFC 7323 section 4.1, RTTM
    TcpConnection c = toEstablishedWithTimestamps();
    peer.at(ms(5000)).sends(ack(1).seq(101).ts(6000, 0).data("x"));
    TcpPeer.writes(c, "a");
    peer.expects(ack(102).seq(1).psh().data("a"));
    expectsAgain(5300, ack(102).seq(1).psh().data("a"));
    peer.sends(ack(2).seq(102).ts(6300, 5300));
  }

  // Proves: RFC 6298 5.7; RFC 6928 2
  @Test
  void aLostSynMeansThreeSecondsAndOneSegment() { // (5.7); RFC 5681 section 3.1
    TcpConnection c = peer.connects();
    peer.expects(syn().seq(0));
    peer.at(seconds(1)).expects(syn().seq(0));
    peer.at(ms(1100)).sends(synAck(1).seq(100).mss(1460)).expects(ack(101).seq(1));
    TcpPeer.writes(c, 0, 3000);
    peer.expects(ack(101).seq(1).data(Bytes.pattern(0, 1460))).expectsNothing();
    expectsAgain(4100, ack(101).seq(1).data(Bytes.pattern(0, 1460)));
    peer.sends(rst().seq(101));
  }

  @Test
  void aLostSynAckMeansThreeSecondsAndOneSegment() {
    peer.toSynReceived();
    peer.at(seconds(1)).expects(synAck(101).seq(0));
    peer.at(ms(1100)).sends(ack(1).seq(101));
    TcpPeer.writes(peer.accepts(), 0, 3000);
    peer.expects(ack(101).seq(1).data(Bytes.pattern(0, 1460))).expectsNothing();
    expectsAgain(4100, ack(101).seq(1).data(Bytes.pattern(0, 1460)));
    peer.sends(rst().seq(101));
  }

  // Proves: RFC 5681 3.1
  @Test
  void afterATimeoutEverythingIsSentAgainInSlowStart() { // RFC 5681 section 3.1
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, 0, 4 * 1460);
    TcpSegment[] s = new TcpSegment[4];
    for (int i = 0; i < 4; i++) {
      s[i] = ack(101).seq(1 + 1460 * i).data(Bytes.pattern(1460 * i, 1460));
      s[i] = i == 3 ? s[i].psh() : s[i];
      peer.expects(s[i]);
    }
    peer.at(ms(200)).expects(s[0]).expectsNothing(); // the loss window is one segment
    peer.sends(ack(1461).seq(101)).expects(s[1]).expects(s[2]).expectsNothing();
    peer.sends(ack(4381).seq(101)).expects(s[3]).expectsNothing();
    assertThat(c.congestion.ssthresh()).isEqualTo(2 * 1460);
    assertThat(c.congestion.cwnd()).isEqualTo(3 * 1460); // congestion avoidance from 2 on
    peer.sends(ack(5841).seq(101)).expectsNothing();
    peer.after(seconds(10)).expectsNothing();
  }

  @Test
  void whatThePeerHasIsNotSentAgain() {
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, 0, 4 * 1460);
    assertThat(peer.takesAll()).hasSize(4);
    peer.at(ms(200)).expects(ack(101).seq(1).data(Bytes.pattern(0, 1460)));
    peer.sends(ack(5841).seq(101)).expectsNothing(); // only the first was lost
    TcpPeer.writes(c, "next");
    peer.expects(ack(101).seq(5841).psh().data("next"));
    peer.sends(ack(5845).seq(101)).expectsNothing();
  }

  // Proves: RFC 6298 2.5
  @Test
  void theTimeoutEndsAtAMinute() { // (2.5)
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, "a");
    TcpSegment a = ack(101).seq(1).psh().data("a");
    peer.expects(a);
    for (int at : new int[] {200, 600, 1400, 3000, 6200, 12_600, 25_400, 51_000, 102_200}) {
      expectsAgain(at, a);
    }
    expectsAgain(162_200, a);
    expectsAgain(222_200, a);
    peer.sends(ack(2).seq(101));
  }

  // Proves: RFC 9293 MUST-20; RFC 9293 SHLD-11
  @Test
  void dataThatNobodyAcknowledgesIsGivenUp() { // R2, SHLD-11
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, "hello");
    peer.at(ms(942_200) - 1);
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(peer.takesAll()).hasSize(1 + 9 + 13);
    peer.at(ms(942_200)).expects(rstAck(101).seq(6));
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    assertThat(c.failure()).isEqualTo(Result.TIMED_OUT);
    assertThat(peer.stack.tcp().connections()).isZero();
  }

  @Test
  void whenToGiveUpIsConfigured() { // MUST-21, MUST-22
    TcpPeer hasty =
        new TcpPeer(
            TcpConfig.builder()
                .retransmitTimeout(Duration.ofSeconds(2))
                .synTimeout(Duration.ofSeconds(2)));
    TcpConnection c = hasty.toEstablished();
    TcpPeer.writes(c, "x");
    hasty.at(ms(3000) - 1);
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    hasty.at(ms(3000));
    assertThat(c.failure()).isEqualTo(Result.TIMED_OUT);
  }

  @Test
  void progressBeginsThePatienceAnew() {
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, "0123456789");
    for (int i = 1; i <= 5; i++) {
      peer.after(seconds(800)).sends(ack(1 + i).seq(101));
      assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    }
    peer.sends(ack(11).seq(101));
    peer.takesAll();
    peer.after(seconds(2000)).expectsNothing();
  }
}

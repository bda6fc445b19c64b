package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * When an ACK is not delayed although it might be: as Linux has it, within RFC 5681 section 4.2.
 */
class QuickAckTraceTest {
  private TcpPeer peer = new TcpPeer(TcpConfig.defaults(), TcpPeer.STACK, TcpPeer.PEER);

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  /** Sixteen segments of one byte, each acknowledged at once; {@code next} is the first. */
  private int sixteenQuickOnes(int next) {
    for (int i = 0; i < 16; i++) {
      peer.sends(ack(1).seq(next + i).data("x")).expects(ack(next + i + 1).seq(1));
    }
    return next + 16;
  }

  /** Proves: RFC 9293 SHLD-18; RFC 9293 MUST-40 */
  @Test
  void theFirstSixteenAreQuick() {
    peer.toEstablished();
    int next = sixteenQuickOnes(101);
    peer.sends(ack(1).seq(next).data("y")).expectsNothing();
    peer.after(ms(40)).expects(ack(next + 1).seq(1));
    assertThat(peer.stack.tcp().counters().delayedAcks()).isEqualTo(1);
  }

  @Test
  void afterAPauseTheyAreQuickAgain() {
    peer.toEstablished();
    int next = sixteenQuickOnes(101);
    peer.after(seconds(5)); // longer than an RTO: the peer is back in slow start
    sixteenQuickOnes(next);
  }

  @Test
  void afterALossTheyAreQuickAgain() {
    peer.toEstablished();
    int next = sixteenQuickOnes(101);
    peer.sends(ack(1).seq(next + 1).data("b")).expects(ack(next).seq(1));
    peer.sends(ack(1).seq(next).data("a")).expects(ack(next + 2).seq(1));
    peer.sends(ack(1).seq(next + 2).data("c")).expects(ack(next + 3).seq(1));
  }

  @Test
  void ofASmallWindowHalfTheSegmentsAreQuick() {
    peer =
        new TcpPeer(
            TcpConfig.builder().receiveBuffer(4 * 1460).build(), TcpPeer.STACK, TcpPeer.PEER);
    peer.toEstablished();
    peer.sends(ack(1).seq(101).data(Bytes.pattern(0, 1460))).expects(ack(1561).seq(1));
    peer.sends(ack(1).seq(1561).data(Bytes.pattern(1460, 1000))).expects(ack(2561).seq(1));
    peer.sends(ack(1).seq(2561).data("x")).expectsNothing();
    peer.after(ms(40)).expects(ack(2562).seq(1));
  }

  @Test
  void whoAnswersLetsTheAnswerCarryTheAck() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).data("q")).expects(ack(102).seq(1));
    assertThat(c.quickAck()).isTrue();
    peer.at(ms(10));
    TcpPeer.writes(c, "a");
    peer.expects(ack(102).seq(1).psh().data("a"));
    assertThat(c.quickAck()).as("within the delay: an answer").isFalse();
    peer.sends(ack(2).seq(102).data("q")).expectsNothing();
    TcpPeer.writes(c, "a");
    peer.expects(ack(103).seq(2).psh().data("a"));
    peer.sends(ack(3).seq(103)).expectsNothing();
  }

  @Test
  void whatIsSentLaterIsNoAnswer() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).data("q")).expects(ack(102).seq(1));
    peer.at(ms(41));
    TcpPeer.writes(c, "a");
    peer.expects(ack(102).seq(1).psh().data("a"));
    peer.sends(ack(2).seq(102).data("q")).expects(ack(103).seq(2));
  }

  @Test
  void theApplicationMayChoose() { // TCP_QUICKACK
    TcpConnection c = peer.toEstablished();
    c.quickAck(false);
    peer.sends(ack(1).seq(101).data("a")).expectsNothing();
    peer.at(ms(10));
    c.quickAck(true);
    peer.expects(ack(102).seq(1));
    peer.sends(ack(1).seq(102).data("b")).expects(ack(103).seq(1));
  }

  /** Proves: RFC 9293 SHLD-19 */
  @Test
  void aNarrowerPathMakesFullSegmentsSmaller() {
    TcpConnection c = peer.toEstablished();
    c.quickAck(false);
    peer.sends(ack(1).seq(101).data(Bytes.pattern(0, 1460))).expectsNothing();
    peer.sends(ack(1).seq(1561).data(Bytes.pattern(1460, 1460))).expects(ack(3021).seq(1));
    int next = 3021;
    for (int i = 0; i < 2; i++) { // the first of them are taken for the end of something
      peer.sends(ack(1).seq(next).data(Bytes.pattern(0, 1000)));
      next += 1000;
    }
    peer.expects(ack(next).seq(1));
    peer.sends(ack(1).seq(next).data(Bytes.pattern(0, 1000))).expectsNothing();
    peer.sends(ack(1).seq(next + 1000).data(Bytes.pattern(0, 1000)));
    peer.expects(ack(next + 2000).seq(1));
  }
}

package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When data is acknowledged: RFC 9293 section 3.8.6.3, RFC 5681 section 4.2. */
class AckTraceTest {
  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  // Proves: RFC 9293 SHLD-18; RFC 9293 MUST-40
  @Test
  void anAckIsDelayedByFortyMilliseconds() { // MUST-40, SHLD-18
    peer.toEstablished();
    peer.sends(ack(1).seq(101).data("a")).expectsNothing();
    peer.at(ms(40) - 1).expectsNothing();
    peer.at(ms(40)).expects(ack(102).seq(1));
    peer.at(ms(100)).sends(ack(1).seq(102).data("b"));
    peer.at(ms(140) - 1).expectsNothing();
    peer.at(ms(140)).expects(ack(103).seq(1));
    peer.after(seconds(10)).expectsNothing();
  }

  // Proves: RFC 9293 MUST-40
  @Test
  void theDelayCountsFromTheFirstSegment() {
    peer.toEstablished();
    peer.sends(ack(1).seq(101).data("a"));
    peer.at(ms(39)).sends(ack(1).seq(102).data("b")).expectsNothing();
    peer.at(ms(40)).expects(ack(103).seq(1));
    peer.after(seconds(10)).expectsNothing();
  }

  // Proves: RFC 9293 SHLD-19; RFC 9293 MUST-58
  @Test
  void whatThePeerSendsCountsAsFullSized() { // its path may carry less than our MSS
    peer.toEstablished();
    peer.sends(ack(1).seq(101).data(Bytes.pattern(0, 1000))).expectsNothing();
    peer.sends(ack(1).seq(1101).data(Bytes.pattern(1000, 1000))).expects(ack(2101).seq(1));
    peer.sends(ack(1).seq(2101).data(Bytes.pattern(2000, 1000))).expectsNothing();
    peer.sends(ack(1).seq(3101).data(Bytes.pattern(3000, 1000))).expects(ack(4101).seq(1));
    peer.after(seconds(10)).expectsNothing();
  }

  @Test
  void timestampsMakeFullSegmentsSmaller() {
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).ts(1, 0)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101).ts(2, 0));
    peer.sends(ack(1).seq(101).ts(2, 0).data(Bytes.pattern(0, 1448))).expectsNothing();
    peer.sends(ack(1).seq(1549).ts(2, 0).data(Bytes.pattern(0, 1448))).expects(ack(2997).seq(1));
  }

  @Test
  void duplicatesAreAcknowledgedAtOnceAndEveryTime() {
    peer.toEstablished();
    peer.sends(ack(1).seq(101).data("abc"));
    peer.at(ms(40)).expects(ack(104).seq(1));
    for (int i = 0; i < 3; i++) {
      peer.sends(ack(1).seq(101).data("abc")).expects(ack(104).seq(1));
    }
    peer.sends(ack(1).seq(103).data("cd")).expects(ack(105).seq(1)); // part of it
    peer.after(seconds(10)).expectsNothing();
  }

  // Proves: RFC 9293 MAY-13; RFC 5681 4.2; RFC 9293 MUST-58
  @Test
  void everySegmentAboveAHoleIsAcknowledgedAtOnce() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).data("a")).expectsNothing();
    peer.sends(ack(1).seq(103).data("c")).expects(ack(102).seq(1)); // the delay is over with it
    peer.sends(ack(1).seq(104).data("d")).expects(ack(102).seq(1));
    peer.sends(ack(1).seq(104).data("d")).expects(ack(102).seq(1));
    peer.after(seconds(10)).expectsNothing();
    peer.sends(ack(1).seq(102).data("b")).expects(ack(105).seq(1));
    assertThat(TcpPeer.reads(c)).isEqualTo("abcd");
    peer.after(seconds(10)).expectsNothing();
  }

  // Proves: RFC 5681 4.2
  @Test
  void fillingPartOfAHoleIsAcknowledgedAtOnce() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(105).data("ef")).expects(ack(101).seq(1));
    peer.sends(ack(1).seq(109).data("ij")).expects(ack(101).seq(1));
    peer.sends(ack(1).seq(101).data("ab")).expects(ack(103).seq(1));
    peer.sends(ack(1).seq(103).data("cd")).expects(ack(107).seq(1));
    peer.sends(ack(1).seq(107).data("gh")).expects(ack(111).seq(1));
    assertThat(TcpPeer.reads(c)).isEqualTo("abcdefghij");
    // No hole is left: the delay is back.
    peer.sends(ack(1).seq(111).data("k")).expectsNothing();
    peer.after(ms(40)).expects(ack(112).seq(1));
  }

  // Proves: RFC 9293 MUST-58
  @Test
  void dataPaysTheAckThatIsOwed() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).data("question")).expectsNothing();
    peer.at(ms(10));
    TcpPeer.writes(c, "answer");
    peer.expects(ack(109).seq(1).psh().data("answer"));
    peer.sends(ack(7).seq(109));
    peer.after(seconds(10)).expectsNothing();
  }
}

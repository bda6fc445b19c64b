package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.rst;
import static io.tapstack.wire.Segments.rstAck;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.Unparsed;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 9293 section 3.10.7.4: what ESTABLISHED does with windows, acknowledgments and text. */
class EstablishedTraceTest {
  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  // ---- text ----

  // Proves: RFC 9293 SHLD-19
  @Test
  void everySecondFullSegmentIsAcknowledgedAtOnce() { // SHLD-19
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).data(Bytes.pattern(0, 1460))).expectsNothing();
    peer.sends(ack(1).seq(1561).data(Bytes.pattern(1460, 1460))).expects(ack(3021).seq(1));
    peer.sends(ack(1).seq(3021).data(Bytes.pattern(2920, 1460))).expectsNothing();
    peer.at(ms(40)).expects(ack(4481).seq(1));
    assertThat(c.readable()).isEqualTo(3 * 1460);
  }

  // Proves: RFC 9293 SHLD-31; RFC 9293 MAY-13; RFC 5681 4.2
  @Test
  void outOfOrderTextIsAcknowledgedAtOnceAndPutInOrder() { // RFC 5681 section 4.2
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(105).data("ef")).expects(ack(101).seq(1));
    peer.sends(ack(1).seq(103).data("cd")).expects(ack(101).seq(1));
    peer.sends(ack(1).seq(101).data("ab")).expects(ack(107).seq(1));
    assertThat(TcpPeer.reads(c)).isEqualTo("abcdef");
  }

  @Test
  void textThatOverlapsIsTrimmed() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(95).data("012345abc")).expects(ack(104).seq(1));
    peer.sends(ack(1).seq(106).data("fgh")).expects(ack(104).seq(1));
    peer.sends(ack(1).seq(102).data("bcdefg")).expects(ack(109).seq(1));
    assertThat(TcpPeer.reads(c)).isEqualTo("abcdefgh");
  }

  @Test
  void textThatReachesBeyondTheWindowIsTrimmed() {
    TcpPeer small = new TcpPeer(TcpConfig.builder().receiveBuffer(2048));
    small.listens();
    small.sends(syn().seq(100).mss(1460)).expects(synAck(101).seq(0).win(2048));
    small.sends(ack(1).seq(101));
    TcpConnection c = small.accepts();
    small.sends(ack(1).seq(101).data(Bytes.pattern(0, 1460))).expectsNothing();
    small.sends(ack(1).seq(1561).data(Bytes.pattern(1460, 1460))).expects(ack(2149).seq(1).win(0));
    assertThat(c.readable()).isEqualTo(2048);

    // A closed window: nothing fits, but the peer's probes are answered ...
    small.sends(ack(1).seq(2149).data("x")).expects(ack(2149).seq(1).win(0));
    small.sends(ack(1).seq(2150).data("y")).expects(ack(2149).seq(1).win(0));
    assertThat(c.readable()).isEqualTo(2048);
    // ... ACKs count ...
    TcpPeer.writes(c, "hello");
    small.expects(ack(2149).seq(1).psh().data("hello"));
    small.sends(ack(6).seq(2149)).expectsNothing();
    // ... and when the application reads, the peer learns of it at once.
    byte[] read = new byte[2048];
    assertThat(c.read(read, 0, 2048)).isEqualTo(2048);
    assertThat(Bytes.of(read)).isEqualTo(Bytes.pattern(0, 2048));
    c.consumed();
    small.expects(ack(2149).seq(6).win(2048));
    small.expectsNothing();
  }

  // Proves: RFC 9293 MUST-66
  @Test
  void rstAndUrgAreProcessedInAClosedWindow() { // MUST-66
    TcpPeer small = new TcpPeer(TcpConfig.builder().receiveBuffer(2048));
    TcpConnection c = small.toEstablished();
    small.sends(ack(1).seq(101).data(Bytes.pattern(0, 1024)));
    small.sends(ack(1).seq(1125).data(Bytes.pattern(1024, 1024)));
    assertThat(c.readable()).isEqualTo(2048);
    small.takesAll();
    small.sends(ack(1).seq(2149).urg(1)).expectsNothing();
    small.sends(rst().seq(2150)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    small.sends(rst().seq(2149)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    assertThat(c.failure()).isEqualTo(Result.RESET);
  }

  @Test
  void theEdgeOfTheWindowIsExact() {
    TcpConnection c = peer.toEstablished(); // the window is 65,535 from 101 on
    peer.sends(ack(1).seq(101 + 65_535).data("x")).expects(ack(101).seq(1));
    peer.sends(ack(1).seq(101 + 65_534).data("xy")).expects(ack(101).seq(1));
    assertThat(c.outOfOrder.isEmpty()).as("the last byte of the window is kept").isFalse();
    assertThat(c.readable()).isZero();
  }

  // ---- acknowledgments and windows ----

  // Proves: RFC 6298 5.2
  @Test
  void writtenDataIsSentAcknowledgedAndForgotten() {
    TcpConnection c = peer.toEstablished();
    int room = c.writable();
    TcpPeer.writes(c, "hello");
    peer.expects(ack(101).seq(1).psh().data("hello"));
    assertThat(c.writable()).isEqualTo(room - 5);
    peer.sends(ack(6).seq(101)).expectsNothing();
    assertThat(c.writable()).isEqualTo(room);
    peer.after(seconds(60)).expectsNothing();
  }

  // Proves: RFC 6298 5.1; RFC 6298 5.4; RFC 6298 5.5; RFC 6298 5.6
  @Test
  void lostDataIsRepeatedWithDoublingTimeouts() { // RFC 6298 (5.5)
    TcpConnection c = peer.toEstablished(); // its round trip took no time: the RTO is its floor
    TcpPeer.writes(c, "hello");
    peer.expects(ack(101).seq(1).psh().data("hello"));
    for (int at : new int[] {200, 600, 1400, 3000, 6200}) {
      peer.at(ms(at) - 1).expectsNothing();
      peer.at(ms(at)).expects(ack(101).seq(1).psh().data("hello"));
    }
    peer.sends(ack(6).seq(101)).expectsNothing();
    peer.after(seconds(60)).expectsNothing();
  }

  // Proves: RFC 6298 5.3
  @Test
  void anAckOfAPartIsAPart() {
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, "hello");
    peer.expects(ack(101).seq(1).psh().data("hello"));
    peer.at(ms(50)).sends(ack(3).seq(101)).expectsNothing();
    peer.at(ms(250) - 1).expectsNothing(); // RFC 6298 (5.3): the timer starts anew
    peer.at(ms(250)).expects(ack(101).seq(3).psh().data("llo"));
    peer.sends(ack(6).seq(101)).expectsNothing();
  }

  // Proves: RFC 9293 MUST-35; RFC 9293 MUST-36; RFC 9293 SHLD-29; RFC 9293 SHLD-30
  @Test
  void aClosedWindowIsProbedAndOpened() { // MUST-35, MUST-36, SHLD-29, SHLD-30
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).win(0)).expectsNothing();
    TcpPeer.writes(c, "hello");
    peer.expectsNothing();
    peer.at(ms(200) - 1).expectsNothing();
    peer.at(ms(200)).expects(ack(101).seq(1).data("h"));
    peer.sends(ack(1).seq(101).win(0)).expectsNothing();
    peer.at(ms(600)).expects(ack(101).seq(1).data("h"));
    peer.sends(ack(1).seq(101).win(0)).expectsNothing();
    peer.at(ms(1400)).expects(ack(101).seq(1).data("h"));
    peer.sends(ack(1).seq(101).win(1000)).expects(ack(101).seq(1).psh().data("hello"));
    peer.sends(ack(6).seq(101).win(1000)).expectsNothing();
  }

  // Proves: RFC 9293 MUST-38; attack 56
  @Test
  void aWindowThatIsSillyIsUsedAfterATimeout() { // MUST-38 (d), section 3.8.6.2.1
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).win(3)).expectsNothing();
    TcpPeer.writes(c, "hello");
    peer.at(ms(200) - 1).expectsNothing();
    peer.at(ms(200)).expects(ack(101).seq(1).data("hel"));
    peer.sends(ack(4).seq(101)).expects(ack(101).seq(4).psh().data("lo"));
    peer.sends(ack(6).seq(101)).expectsNothing();
  }

  @Test
  void anOlderSegmentDoesNotChangeTheWindow() { // SND.WL1 and SND.WL2
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, "0123456789");
    peer.expects(ack(101).seq(1).psh().data("0123456789"));
    peer.sends(ack(6).seq(101).win(5)).expectsNothing();
    peer.sends(ack(1).seq(101).win(60_000)).expectsNothing(); // it was under way for longer
    TcpPeer.writes(c, "abc");
    peer.expectsNothing(); // the window of 5 is full
    peer.sends(ack(11).seq(101).win(5)).expects(ack(101).seq(11).psh().data("abc"));
    peer.sends(ack(14).seq(101)).expectsNothing();
  }

  @Test
  void dataCarriesTheAck() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).data("ping")).expectsNothing();
    TcpPeer.writes(c, "pong");
    peer.expects(ack(105).seq(1).psh().data("pong"));
    peer.sends(ack(5).seq(105));
    peer.after(seconds(1)).expectsNothing();
  }

  // ---- FIN and the application ----

  @Test
  void finIsAcknowledgedAtOnceAndEndsReading() {
    TcpConnection c = peer.toEstablished();
    peer.sends(fin(1).seq(101).data("bye")).expects(ack(105).seq(1));
    assertThat(c.state()).isEqualTo(TcpState.CLOSE_WAIT);
    assertThat(TcpPeer.reads(c)).isEqualTo("bye");
    assertThat(TcpPeer.reads(c)).isEqualTo("end");
  }

  // Proves: RFC 9293 SHLD-3
  @Test
  void closeWithUnreadDataResets() { // SHLD-3, RFC 2525 section 2.17
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).data("unread"));
    c.close();
    peer.expects(rstAck(107).seq(1));
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    assertThat(peer.stack.pool().outstanding()).isZero();
  }

  @Test
  void finFollowsWhatWasWritten() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).win(5));
    TcpPeer.writes(c, "hello");
    peer.expects(ack(101).seq(1).psh().data("hello"));
    TcpPeer.writes(c, "again");
    c.close();
    peer.expectsNothing(); // the window is full
    peer.sends(ack(6).seq(101).win(10)).expects(fin(101).seq(6).psh().data("again"));
    peer.sends(ack(12).seq(101)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.FIN_WAIT_2);
  }

  // Proves: RFC 9293 MUST-3
  @Test
  void aSegmentWithAWrongChecksumDoesNotExist() { // MUST-3
    TcpConnection c = peer.toEstablished();
    byte[] bytes =
        IpPacket.of(TcpPeer.PEER, TcpPeer.STACK, fin(1).ports(TcpPeer.PEER_PORT, 80).seq(101))
            .toBytes()
            .toArray();
    bytes[bytes.length - 4] ^= 1;
    peer.sendsRaw(
        new Unparsed(6, Bytes.of(Arrays.copyOfRange(bytes, 20, bytes.length)), "damaged"));
    peer.expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(peer.stack.tcp().counters().inErrors()).isEqualTo(1);
  }
}

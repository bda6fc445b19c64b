package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.rst;
import static io.tapstack.wire.Segments.rstAck;
import static io.tapstack.wire.Segments.segment;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import io.tapstack.wire.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RFC 9293 section 3.10.7.3: SYN-SENT. */
class SynSentTraceTest {
  private final TcpPeer peer = new TcpPeer();
  private final TcpConnection c = peer.connects();

  @BeforeEach
  void theSyn() {
    peer.expects(syn().seq(0).win(65_535));
    assertThat(peer.last().options())
        .isEqualTo(segment().mss(1460).sackOk().wscale(7).ts(0, 0).options());
    assertThat(c.state()).isEqualTo(TcpState.SYN_SENT);
  }

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  /** Nothing has changed: the SYN is repeated on time, and the connection can still be made. */
  private void assertStillSynSent() {
    peer.expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.SYN_SENT);
    peer.at(seconds(1)).expects(syn().seq(0));
    peer.sends(synAck(1).seq(100)).expects(ack(101).seq(1));
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  // ---- first, the ACK ----

  @Test
  void anAckOfNothingIsAnsweredWithRst() {
    peer.sends(ack(0).seq(100)).expects(rst().seq(0));
    peer.sends(ack(2).seq(100)).expects(rst().seq(2));
    peer.sends(synAck(0).seq(100)).expects(rst().seq(0));
    peer.sends(synAck(2).seq(100)).expects(rst().seq(2));
    peer.sends(fin(5).seq(100).data("data")).expects(rst().seq(5));
    peer.sends(ack(-1).seq(100).urg(1)).expects(rst().seq(-1));
    assertStillSynSent();
  }

  @Test
  void anAckOfNothingWithRstIsDropped() {
    peer.sends(rstAck(0).seq(100)).sends(rstAck(2).seq(100));
    assertStillSynSent();
  }

  // ---- second, RST ----

  @Test
  void rstThatAcknowledgesTheSynRefuses() {
    peer.sends(rstAck(1).seq(0));
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    assertThat(c.failure()).isEqualTo(Result.REFUSED);
    assertThat(peer.stack.tcp().connections()).isZero();
    peer.after(seconds(600)).expectsNothing();
  }

  @Test
  void rstWithoutAckIsDropped() {
    peer.sends(rst().seq(0)).sends(rst().syn().seq(100));
    assertStillSynSent();
  }

  // ---- fourth, SYN ----

  @Test
  void synWithAckEstablishes() {
    peer.at(ms(30)).sends(synAck(1).seq(100).mss(1000)).expects(ack(101).seq(1));
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(c.isConnected()).isTrue();
    peer.after(seconds(60)).expectsNothing();
  }

  @Test
  void writtenDataCarriesTheAck() {
    TcpPeer.writes(c, "hello");
    peer.expectsNothing();
    peer.sends(synAck(1).seq(100)).expects(ack(101).seq(1).psh().data("hello"));
    peer.sends(ack(6).seq(101)).expectsNothing();
  }

  // Proves: RFC 7323 2.3
  @Test
  void theWindowOfASynIsNotScaled() { // RFC 7323 section 2.2
    TcpPeer.writes(c, "0123456789");
    peer.sends(synAck(1).seq(100).win(4).wscale(7)).expects(ack(101).seq(1).data("0123"));
    peer.sends(ack(5).seq(101).win(1)).expects(ack(101).seq(5).psh().data("456789"));
  }

  // Proves: RFC 9293 MUST-10
  @Test
  void synWithoutAckIsASimultaneousOpen() { // MUST-10
    peer.sends(syn().seq(100).mss(1460)).expects(synAck(101).seq(0));
    assertThat(c.state()).isEqualTo(TcpState.SYN_RECEIVED);
    peer.sends(synAck(1).seq(100)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    peer.after(seconds(10)).expectsNothing();
  }

  // Proves: RFC 7323 2.3
  @Test
  void theWindowOfASimultaneousOpenIsNotScaledEither() { // RFC 7323 section 2.2
    peer.sends(syn().seq(100).mss(1460).win(1024).wscale(7)).expects(synAck(101).seq(0));
    TcpPeer.writes(c, 0, 3000);
    peer.sends(synAck(1).seq(100).mss(1460).win(1024).wscale(7));
    peer.expects(ack(101).seq(1).data(Bytes.pattern(0, 1024))).expectsNothing();
    peer.sends(ack(1025).seq(101).win(8)); // this one is
    peer.expects(ack(101).seq(1025).data(Bytes.pattern(1024, 1024))).expectsNothing();
    peer.sends(ack(2049).seq(101).win(8)).expects(ack(101).seq(2049).psh().data(tail()));
    peer.sends(ack(3001).seq(101).win(8)).expectsNothing();
  }

  private static Bytes tail() {
    return Bytes.pattern(2048, 952);
  }

  // Proves: RFC 9293 MUST-10
  @Test
  void aSimultaneousOpenMayEndWithAPlainAck() {
    peer.sends(syn().seq(100)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  // Proves: RFC 9293 3.10.7.3
  @Test
  void dataWithTheSynAckIsTaken() {
    peer.sends(synAck(1).seq(100).data("early")).expects(ack(106).seq(1));
    assertThat(TcpPeer.reads(c)).isEqualTo("early");
  }

  // ---- fifth, neither ----

  @Test
  void whatIsNeitherSynNorRstIsDropped() {
    peer.sends(ack(1).seq(100));
    peer.sends(fin(1).seq(100));
    peer.sends(segment().seq(100));
    peer.sends(segment().seq(100).data("data"));
    peer.sends(segment().seq(100).fin().urg(1));
    peer.sends(ack(1).seq(100).urg(1).data("data"));
    assertStillSynSent();
  }

  // ---- time, and the application ----

  // Proves: RFC 9293 MUST-22; RFC 9293 MUST-23
  @Test
  void theSynIsRepeatedForThreeMinutes() { // RFC 6298 (5.5), MUST-23
    for (int second : new int[] {1, 3, 7, 15, 31, 63, 123}) {
      peer.at(seconds(second) - 1).expectsNothing();
      peer.at(seconds(second)).expects(syn().seq(0));
    }
    peer.at(seconds(183) - 1).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.SYN_SENT);
    peer.at(seconds(183)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    assertThat(c.failure()).isEqualTo(Result.TIMED_OUT);
  }

  @Test
  void closeForgetsIt() { // section 3.10.4
    c.close();
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    peer.after(seconds(600)).expectsNothing();
    peer.sends(synAck(1).seq(100)).expects(rst().seq(1));
  }

  @Test
  void abortForgetsItWithoutRst() { // section 3.10.5
    c.abort();
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    peer.after(seconds(600)).expectsNothing();
  }
}

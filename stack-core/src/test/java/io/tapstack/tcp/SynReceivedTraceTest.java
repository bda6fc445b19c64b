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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 9293 section 3.10.7.4: SYN-RECEIVED, after a passive open unless a test says otherwise. */
class SynReceivedTraceTest {
  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  /** Nothing has changed: the SYN-ACK is repeated on time, and the handshake can be completed. */
  private void assertStillSynReceived() {
    peer.expectsNothing();
    assertThat(peer.stack.tcp().connections()).isEqualTo(1);
    assertThat(peer.listener().pending()).isZero();
    peer.at(seconds(1)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101)).expectsNothing();
    assertThat(peer.accepts().state()).isEqualTo(TcpState.ESTABLISHED);
  }

  private void assertBackInListen() {
    peer.expectsNothing();
    assertThat(peer.stack.tcp().connections()).isZero();
    peer.after(seconds(10)).expectsNothing();
    peer.forgets().sends(syn().seq(5000)).expects(synAck(5001).seq(0));
  }

  private TcpConnection simultaneousOpen() {
    TcpConnection c = peer.connects();
    peer.expects(syn().seq(0));
    peer.sends(syn().seq(100)).expects(synAck(101).seq(0));
    assertThat(c.state()).isEqualTo(TcpState.SYN_RECEIVED);
    return c;
  }

  // ---- first, the sequence number ----

  /**
   * RFC 9293 has an ACK for it, which the peer in SYN-SENT cannot use: our SYN-ACK was lost, and is
   * sent again, as in Linux.
   */
  @Test
  void theSynOnceMoreIsAnsweredWithTheSynAckOnceMore() {
    peer.toSynReceived();
    peer.sends(syn().seq(100).mss(1460)).expects(synAck(101).seq(0));
    peer.sends(syn().seq(100).mss(1460)).expectsNothing(); // but not for every one of a flood
    assertStillSynReceived();
  }

  @Test
  void otherSynsAreAcknowledged() {
    peer.toSynReceived();
    peer.sends(syn().seq(99)).expects(ack(101).seq(1));
    assertStillSynReceived();
  }

  @Test
  void dataBeyondTheWindowIsAcknowledgedAndDropped() {
    peer.toSynReceived();
    peer.sends(ack(1).seq(101 + 65_535).data("far")).expects(ack(101).seq(1));
    peer.sends(ack(1).seq(90).data("old")).expects(ack(101).seq(1));
    assertStillSynReceived();
  }

  // ---- second, RST ----

  // Proves: RFC 9293 MUST-11
  @Test
  void rstReturnsToListen() { // MUST-11
    peer.toSynReceived();
    peer.sends(rst().seq(101));
    assertBackInListen();
  }

  @Test
  void rstWithAckReturnsToListen() {
    peer.toSynReceived();
    peer.sends(rstAck(1).seq(101));
    assertBackInListen();
  }

  // Proves: RFC 9293 MUST-11
  @Test
  void rstRefusesAnActiveOpen() { // MUST-11
    TcpConnection c = simultaneousOpen();
    peer.sends(rst().seq(101)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    assertThat(c.failure()).isEqualTo(Result.REFUSED);
  }

  // Proves: RFC 5961 3.2; attack 19
  @Test
  void rstThatIsNotExactIsChallenged() { // RFC 5961 section 3.2
    peer.toSynReceived();
    peer.sends(rst().seq(102)).expects(ack(101).seq(1));
    assertStillSynReceived();
  }

  @Test
  void rstOutsideTheWindowIsDropped() {
    peer.toSynReceived();
    peer.sends(rst().seq(100)).sends(rst().seq(101 + 65_535));
    assertStillSynReceived();
  }

  // ---- fourth, SYN ----

  @Test
  void synInTheWindowReturnsToListen() {
    peer.toSynReceived();
    peer.sends(syn().seq(102));
    assertBackInListen();
  }

  @Test
  void synInTheWindowIsChallengedAfterAnActiveOpen() { // RFC 5961 section 4.2
    TcpConnection c = simultaneousOpen();
    peer.sends(syn().seq(102)).expects(ack(101).seq(1));
    assertThat(c.state()).isEqualTo(TcpState.SYN_RECEIVED);
  }

  // ---- fifth, ACK ----

  @Test
  void withoutAckItIsDropped() {
    peer.toSynReceived();
    peer.sends(segment().seq(101)).sends(segment().seq(101).data("data"));
    peer.sends(segment().seq(101).fin()).sends(segment().seq(101).urg(1));
    assertStillSynReceived();
  }

  @Test
  void anAckOfNothingIsAnsweredWithRst() {
    peer.toSynReceived();
    peer.sends(ack(0).seq(101)).expects(rst().seq(0));
    peer.sends(ack(2).seq(101)).expects(rst().seq(2));
    peer.sends(fin(7).seq(101).data("data")).expects(rst().seq(7));
    assertStillSynReceived();
  }

  @Test
  void ackEstablishes() {
    peer.toSynReceived();
    peer.at(ms(100)).sends(ack(1).seq(101)).expectsNothing();
    assertThat(peer.accepts().state()).isEqualTo(TcpState.ESTABLISHED);
    peer.after(seconds(10)).expectsNothing();
  }

  @Test
  void ackWithUrgEstablishes() {
    peer.toSynReceived();
    peer.sends(ack(1).seq(101).urg(1).data("!"));
    assertThat(TcpPeer.reads(peer.accepts())).isEqualTo("!");
    peer.at(ms(40)).expects(ack(102).seq(1));
  }

  @Test
  void ackWithDataEstablishesAndDelivers() {
    peer.toSynReceived();
    peer.sends(ack(1).seq(101).psh().data("hello")).expectsNothing();
    assertThat(TcpPeer.reads(peer.accepts())).isEqualTo("hello");
    peer.at(ms(40)).expects(ack(106).seq(1));
  }

  @Test
  void ackBeforeAHoleEstablishesAndAsksForIt() {
    peer.toSynReceived();
    peer.sends(ack(1).seq(103).data("llo")).expects(ack(101).seq(1));
    peer.sends(ack(1).seq(101).data("he")).expects(ack(106).seq(1));
    assertThat(TcpPeer.reads(peer.accepts())).isEqualTo("hello");
  }

  // ---- eighth, FIN ----

  @Test
  void finWithAckGoesOnToCloseWait() {
    peer.toSynReceived();
    peer.sends(fin(1).seq(101)).expects(ack(102).seq(1));
    TcpConnection c = peer.accepts();
    assertThat(c.state()).isEqualTo(TcpState.CLOSE_WAIT);
    assertThat(TcpPeer.reads(c)).isEqualTo("end");
  }

  @Test
  void finWithDataGoesOnToCloseWait() {
    peer.toSynReceived();
    peer.sends(fin(1).seq(101).data("bye")).expects(ack(105).seq(1));
    TcpConnection c = peer.accepts();
    assertThat(c.state()).isEqualTo(TcpState.CLOSE_WAIT);
    assertThat(TcpPeer.reads(c)).isEqualTo("bye");
    assertThat(TcpPeer.reads(c)).isEqualTo("end");
  }

  // ---- time, and the application ----

  // Proves: attack 64
  @Test
  void theSynAckIsRepeatedForAMinute() {
    peer.toSynReceived();
    for (int second : new int[] {1, 3, 7, 15, 31}) {
      peer.at(seconds(second) - 1).expectsNothing();
      peer.at(seconds(second)).expects(synAck(101).seq(0));
    }
    peer.at(seconds(63) - 1).expectsNothing();
    assertThat(peer.stack.tcp().connections()).isEqualTo(1);
    peer.at(seconds(63)).expectsNothing(); // no RST: who knows whose address it was
    assertThat(peer.stack.tcp().connections()).isZero();
    peer.after(seconds(600)).expectsNothing();
  }

  @Test
  void closeSendsFinOnceEstablished() { // section 3.10.4
    TcpConnection c = simultaneousOpen();
    TcpPeer.writes(c, "bye");
    c.close();
    peer.expectsNothing();
    peer.sends(ack(1).seq(101)).expects(fin(101).seq(1).psh().data("bye"));
    assertThat(c.state()).isEqualTo(TcpState.FIN_WAIT_1);
  }

  @Test
  void abortSendsRst() { // section 3.10.5
    TcpConnection c = simultaneousOpen();
    c.abort();
    peer.expects(rstAck(101).seq(1));
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
  }

  @Test
  void aFullBacklogLetsTheHandshakeWait() {
    peer.toEstablished(); // takes the only numbers that this trace knows out of the way
    for (int i = 0; i < 8; i++) {
      peer.forgets();
      peer.sends(syn().ports(2000 + i, 80).seq(100));
      peer.takesAll();
      peer.sends(ack(1).ports(2000 + i, 80).seq(101));
    }
    peer.expectsNothing();
    assertThat(peer.listener().pending()).isEqualTo(8);
    peer.sends(syn().ports(3000, 80).seq(100)).expectsNothing();
    peer.accepts();
    peer.forgets().sends(syn().ports(3000, 80).seq(100));
    assertThat(peer.takesAll()).hasSize(1);
  }
}

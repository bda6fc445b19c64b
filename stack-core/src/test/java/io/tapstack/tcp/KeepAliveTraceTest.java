package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.rstAck;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keepalive: RFC 9293 section 3.8.4. */
class KeepAliveTraceTest {
  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  // Proves: RFC 9293 MUST-25
  @Test
  void itIsOff() { // MUST-25
    peer.toEstablished();
    peer.at(seconds(100_000)).expectsNothing();
  }

  // Proves: RFC 9293 MAY-5; RFC 9293 MUST-24; RFC 9293 MUST-27; RFC 9293 SHLD-12
  @Test
  void anIdlePeerIsProbed() { // SHLD-12: without data; MUST-26
    TcpConnection c = peer.toEstablished();
    c.keepAlive(true, seconds(10), seconds(2), 3);
    for (int at : new int[] {10, 20, 30}) {
      peer.at(seconds(at) - 1).expectsNothing();
      peer.at(seconds(at)).expects(ack(101).seq(0));
      peer.sends(ack(1).seq(101)).expectsNothing();
    }
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(peer.stack.tcp().counters().keepAliveProbes()).isEqualTo(3);
  }

  // Proves: RFC 9293 MUST-29
  @Test
  void aDeadPeerIsGivenUp() { // MUST-29
    TcpConnection c = peer.toEstablished();
    c.keepAlive(true, seconds(10), seconds(2), 3);
    for (int at : new int[] {10, 12, 14}) {
      peer.at(seconds(at) - 1).expectsNothing();
      peer.at(seconds(at)).expects(ack(101).seq(0));
      assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    }
    peer.at(seconds(16)).expects(rstAck(101).seq(1));
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    assertThat(c.failure()).isEqualTo(Result.TIMED_OUT);
  }

  // Proves: RFC 9293 MUST-29
  @Test
  void oneUnansweredProbeNeverKills() { // MUST-29
    TcpConnection c = peer.toEstablished();
    c.keepAlive(true, seconds(10), seconds(2), 1);
    peer.at(seconds(10)).expects(ack(101).seq(0));
    peer.at(seconds(12)).expects(ack(101).seq(0));
    peer.sends(ack(1).seq(101)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  @Test
  void anAnswerInTimeCountsForAllProbes() {
    TcpConnection c = peer.toEstablished();
    c.keepAlive(true, seconds(10), seconds(2), 2);
    for (int i = 0; i < 3; i++) {
      peer.after(seconds(10)).expects(ack(101).seq(0));
      peer.after(seconds(2)).expects(ack(101).seq(0));
      peer.sends(ack(1).seq(101)).expectsNothing();
    }
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  // Proves: RFC 9293 MUST-26
  @Test
  void whatThePeerSendsDelaysTheProbe() { // even if the interval is longer than the idle time
    TcpConnection c = peer.toEstablished();
    c.keepAlive(true, seconds(10), seconds(75), 3);
    peer.at(seconds(5)).sends(ack(1).seq(101).data("x"));
    peer.at(ms(5040)).expects(ack(102).seq(1));
    peer.at(seconds(15) - 1).expectsNothing();
    peer.at(seconds(15)).expects(ack(102).seq(0));
    peer.at(seconds(16)).sends(ack(1).seq(102)).expectsNothing();
    peer.at(seconds(90) - 1).expectsNothing(); // when an unanswered one would have been repeated
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  // Proves: RFC 9293 MUST-26
  @Test
  void nothingIsProbedWhileDataIsOutstanding() { // MUST-26
    TcpConnection c = peer.toEstablished();
    c.keepAlive(true, seconds(10), seconds(2), 3);
    peer.at(ms(9900));
    TcpPeer.writes(c, "x");
    for (int at : new int[] {9900, 10_100, 10_500, 11_300}) {
      peer.at(ms(at)).expects(ack(101).seq(1).psh().data("x"));
    }
    peer.at(ms(12_500)).sends(ack(2).seq(101)).expectsNothing();
    peer.at(ms(22_500) - 1).expectsNothing();
    peer.at(ms(22_500)).expects(ack(101).seq(1));
    peer.sends(ack(2).seq(101)).expectsNothing();
  }

  @Test
  void noSettingStopsTheClock() {
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, "x"); // outstanding: it asks again and again whether it may probe
    c.keepAlive(true, 0, 0, 2);
    peer.at(ms(100));
    peer.sends(ack(2).seq(101));
    peer.takesAll();
    peer.after(seconds(1));
    assertThat(c.failure()).isEqualTo(Result.TIMED_OUT);
    assertThat(peer.takesAll()).hasSize(3);
  }

  // Proves: RFC 9293 MUST-24
  @Test
  void itCanBeTurnedOffAgain() {
    TcpConnection c = peer.toEstablished();
    c.keepAlive(true, seconds(10), seconds(2), 3);
    peer.at(seconds(10)).expects(ack(101).seq(0));
    c.keepAlive(false, 0, 0, 0);
    peer.at(seconds(100_000)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  @Test
  void itBeginsWithTheConnection() {
    TcpConnection c = peer.connects();
    c.keepAlive(true, seconds(10), seconds(2), 3);
    peer.expects(syn().seq(0));
    peer.at(ms(500)).sends(synAck(1).seq(100)).expects(ack(101).seq(1));
    peer.at(ms(10_500)).expects(ack(101).seq(0));
    peer.sends(ack(1).seq(101)).expectsNothing();
  }

  @Test
  void aHalfClosedConnectionIsProbedToo() {
    TcpConnection c = peer.toFinWait2();
    c.keepAlive(true, seconds(10), seconds(2), 2);
    peer.at(seconds(10)).expects(ack(101).seq(1));
    peer.at(seconds(12)).expects(ack(101).seq(1));
    peer.at(seconds(14)).expects(rstAck(101).seq(2));
    assertThat(c.failure()).isEqualTo(Result.TIMED_OUT);
  }
}

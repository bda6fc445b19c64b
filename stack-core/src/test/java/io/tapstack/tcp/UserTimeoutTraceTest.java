package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.rstAck;
import static io.tapstack.wire.Segments.syn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.base.Result;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpSegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** R2 as the application wants it: RFC 9293 section 3.8.3, RFC 5482 section 3.1. */
class UserTimeoutTraceTest {
  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  private static void assertTimedOut(TcpConnection c) {
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    assertThat(c.failure()).isEqualTo(Result.TIMED_OUT);
  }

  // Proves: RFC 9293 MUST-21; RFC 5482 3.1
  @Test
  void dataThatNobodyAcknowledgesEndsTheConnection() {
    TcpConnection c = peer.toEstablished();
    c.userTimeout(seconds(5));
    assertThat(c.userTimeout()).isEqualTo(seconds(5));
    TcpPeer.writes(c, "hello");
    peer.expects(ack(101).seq(1).psh().data("hello"));
    peer.at(seconds(5) - 1);
    List<TcpSegment> again = peer.takesAll();
    assertThat(again).hasSizeGreaterThan(1).allSatisfy(s -> assertThat(s.sequence()).isEqualTo(1));
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    peer.at(seconds(5)).expects(rstAck(101).seq(6));
    assertTimedOut(c);
  }

  // Proves: RFC 9293 MUST-21; RFC 5482 3.1
  @Test
  void eachProgressBeginsItAnew() {
    TcpConnection c = peer.toEstablished();
    c.userTimeout(seconds(5));
    TcpPeer.writes(c, "hello");
    peer.at(seconds(4)).takesAll();
    peer.sends(ack(6).seq(101));
    TcpPeer.writes(c, "world");
    peer.at(seconds(8)).takesAll();
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    peer.sends(ack(11).seq(101));
    peer.at(seconds(1000)).expectsNothing();
    assertThat(c.state()).as("idle is no reason").isEqualTo(TcpState.ESTABLISHED);
  }

  // Proves: RFC 9293 MUST-22
  @Test
  void aSynHasItToo() {
    TcpConnection c = peer.connects();
    c.userTimeout(seconds(10));
    peer.expects(syn().seq(0));
    peer.at(seconds(1)).expects(syn().seq(0));
    peer.at(seconds(3)).expects(syn().seq(0));
    peer.at(seconds(7)).expects(syn().seq(0));
    peer.at(seconds(10) - 1).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.SYN_SENT);
    peer.at(seconds(10));
    assertTimedOut(c);
  }

  /** However short it is, everything is tried twice, as in Linux. */
  @Test
  void aShortOneStillTriesAgain() {
    TcpConnection c = peer.connects();
    c.userTimeout(ms(1));
    peer.expects(syn().seq(0));
    peer.at(seconds(1)).expects(syn().seq(0));
    assertThat(c.state()).isEqualTo(TcpState.SYN_SENT);
    peer.at(seconds(1) + ms(1));
    assertTimedOut(c);
  }

  // Proves: RFC 9293 MUST-37; attack 21; attack 60
  @Test
  void aShutWindowThatNobodyAnswersForEndsTheConnection() {
    TcpConnection c = peer.toEstablished();
    c.userTimeout(seconds(30));
    peer.sends(ack(1).seq(101).win(0));
    TcpPeer.writes(c, "hello");
    peer.at(seconds(20));
    assertThat(peer.takesAll()).as("probes").isNotEmpty();
    peer.sends(ack(1).seq(101).win(0)); // MUST-37: who answers lives
    peer.at(seconds(50) - 1).takesAll();
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    peer.at(seconds(50));
    assertThat(peer.takesAll())
        .singleElement()
        .satisfies(s -> assertThat(s.has(TcpHeader.RST)).isTrue());
    assertTimedOut(c);
  }

  /** As Linux has it: with keepalive on, time and not the number of probes decides. */
  @Test
  void keepAliveEndsByIt() {
    TcpConnection c = peer.toEstablished();
    c.keepAlive(true, seconds(10), seconds(2), 3);
    c.userTimeout(seconds(21));
    for (int at : new int[] {10, 12, 14, 16, 18, 20}) {
      peer.at(seconds(at)).expects(ack(101).seq(0));
    }
    peer.at(seconds(22)).expects(rstAck(101).seq(1));
    assertTimedOut(c);
  }

  @Test
  void itCanBeTakenBack() {
    TcpConnection c = peer.toEstablished();
    c.userTimeout(seconds(1));
    c.userTimeout(0);
    TcpPeer.writes(c, "hello");
    peer.at(seconds(100)).takesAll();
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThatThrownBy(() -> c.userTimeout(-1)).hasMessageContaining("-1");
  }
}

package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.rst;
import static io.tapstack.wire.Segments.syn;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What has a limit in TCP, and what happens there. */
class LimitsTraceTest {

  private TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  private void limited(TcpConfig.Builder config) {
    peer = new TcpPeer(config);
  }

  private TcpPeer sendsSyn(int port) {
    return peer.forgets().sends(syn().ports(port, TcpPeer.STACK_PORT).seq(100).mss(1460));
  }

  private void completes(int port) {
    peer.sends(ack(1).ports(port, TcpPeer.STACK_PORT).seq(101));
  }

  private int answers() {
    return peer.takesAll().size();
  }

  // Proves: RFC 4987 3.2
  @Test
  void halfOpenConnectionsAreBounded() { // RFC 4987 section 3
    limited(TcpConfig.builder().maxHalfOpen(2).synCookies(SynCookieMode.OFF));
    peer.listens();
    sendsSyn(2000);
    sendsSyn(2001);
    assertThat(answers()).isEqualTo(2);
    sendsSyn(2002).expectsNothing();
    assertThat(peer.stack.tcp().counters().synQueueDrops()).isEqualTo(1);
    assertThat(peer.stack.tcp().connections()).isEqualTo(2);
    // A handshake that ends makes room, well or not.
    peer.sends(rst().ports(2000, TcpPeer.STACK_PORT).seq(101));
    sendsSyn(2003);
    assertThat(answers()).isEqualTo(1);
    completes(2003);
    sendsSyn(2004);
    assertThat(answers()).isEqualTo(1);
    sendsSyn(2005).expectsNothing();
    // And so does time: both that are left give up.
    peer.after(seconds(63));
    peer.takesAll();
    sendsSyn(2006);
    sendsSyn(2007);
    assertThat(answers()).isEqualTo(2);
  }

  @Test
  void aHandshakeIsNotCompletedIntoAFullBacklog() {
    peer.listens(); // for 8
    for (int port = 2000; port < 2009; port++) {
      sendsSyn(port);
    }
    assertThat(answers()).isEqualTo(9);
    // The stack's numbers are relative to its last SYN, and the ports have their own: complete
    // them in the order that the numbers are known in.
    List<HalfOpen> halfOpen = peer.halfOpen();
    int base = halfOpen.get(8).iss;
    for (HalfOpen h : halfOpen) {
      peer.sends(ack(1 + h.iss - base).ports(h.remotePort, TcpPeer.STACK_PORT).seq(101));
    }
    peer.expectsNothing();
    assertThat(peer.listener().pending()).isEqualTo(8);
    assertThat(peer.stack.tcp().counters().acceptQueueDrops()).isEqualTo(1);
    assertThat(peer.halfOpen()).containsExactly(halfOpen.get(8));
    // The SYN-ACK is repeated, and its ACK finds room.
    peer.accepts();
    peer.at(seconds(1));
    assertThat(answers()).isEqualTo(1);
    completes(halfOpen.get(8).remotePort);
    assertThat(peer.halfOpen()).isEmpty();
    assertThat(peer.listener().pending()).isEqualTo(8);
  }

  @Test
  void connectionsAreBounded() {
    limited(TcpConfig.builder().maxConnections(2));
    peer.listens();
    sendsSyn(2000);
    completes(2000);
    sendsSyn(2001);
    completes(2001);
    assertThat(answers()).isEqualTo(2);
    sendsSyn(2002).expectsNothing();
    assertThat(peer.stack.tcp().counters().connectionLimitDrops()).isEqualTo(1);
    TcpConnection refused = peer.stack.tcp().connect(null, TcpPeer.PEER, 80, TcpEvents.NONE);
    assertThat(refused.state()).isEqualTo(TcpState.CLOSED);
    assertThat(refused.failure()).isEqualTo(Result.LIMIT);
    peer.accepts().abort();
    peer.takesAll();
    sendsSyn(2003);
    assertThat(answers()).isEqualTo(1);
  }

  // Proves: attack 62
  @Test
  void timeWaitIsBoundedAndTheOldestEnds() {
    limited(TcpConfig.builder().maxTimeWait(2));
    peer.listens();
    List<TcpConnection> all = new ArrayList<>();
    for (int port = 2000; port < 2003; port++) {
      sendsSyn(port);
      completes(port);
      TcpConnection c = peer.accepts();
      all.add(c);
      c.close();
      peer.sends(fin(2).ports(port, TcpPeer.STACK_PORT).seq(101));
    }
    peer.takesAll();
    assertThat(all.get(0).state()).isEqualTo(TcpState.CLOSED);
    assertThat(all.get(1).state()).isEqualTo(TcpState.TIME_WAIT);
    assertThat(all.get(2).state()).isEqualTo(TcpState.TIME_WAIT);
    assertThat(peer.stack.tcp().timeWaiting()).isEqualTo(2);
    assertThat(peer.stack.tcp().counters().timeWaitRecycled()).isEqualTo(1);
    peer.at(seconds(60));
    assertThat(peer.stack.tcp().timeWaiting()).isZero();
    assertThat(peer.stack.tcp().connections()).isZero();
  }

  // Proves: attack 23; attack 63
  @Test
  void resetsToStraysAreBounded() {
    for (int i = 0; i < 1500; i++) {
      peer.sends(ack(7).seq(100 + i));
    }
    assertThat(answers()).isEqualTo(1000);
    assertThat(peer.stack.tcp().counters().resetsSuppressed()).isEqualTo(500);
    peer.at(ms(10)); // 1,000 a second
    for (int i = 0; i < 50; i++) {
      peer.sends(ack(7).seq(100 + i));
    }
    assertThat(answers()).isEqualTo(10);
    peer.at(seconds(100));
    for (int i = 0; i < 1500; i++) {
      peer.sends(ack(7).seq(100 + i));
    }
    assertThat(answers()).isEqualTo(1000);
  }

  // Proves: attack 13
  @Test
  void outOfOrderSegmentsAreBounded() {
    limited(TcpConfig.builder().maxOutOfOrder(3));
    TcpConnection c = peer.toEstablished();
    for (int i = 1; i <= 5; i++) {
      peer.sends(ack(1).seq(101 + 2 * i).data("x")).expects(ack(101).seq(1));
    }
    assertThat(c.outOfOrder.packets()).isEqualTo(3);
    assertThat(peer.stack.tcp().counters().outOfOrderDropped()).isEqualTo(2);
    // What was dropped comes again.
    peer.sends(ack(1).seq(101).data("abcdefghijk")).expects(ack(112).seq(1));
    assertThat(TcpPeer.reads(c)).isEqualTo("abcdefghijk");
    assertThat(c.outOfOrder.isEmpty()).isTrue();
  }
}

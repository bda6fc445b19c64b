package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.STACK_PORT;
import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.rst;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.TcpOptionSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SYN cookies, RFC 4987 section 3.6: handshakes of which nothing is remembered. */
class SynCookieTraceTest {
  private TcpPeer peer = new TcpPeer(TcpConfig.builder().maxHalfOpen(1));

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  /** The queue is full from now on, for as long as port 2000 does not answer. */
  private void overflows() {
    peer.listens();
    peer.sends(syn().ports(2000, STACK_PORT).seq(100).mss(1460));
    assertThat(peer.takesAll()).hasSize(1);
    assertThat(peer.halfOpen()).hasSize(1);
    peer.forgets();
  }

  private TcpCounters counters() {
    return peer.stack.tcp().counters();
  }

  // Proves: RFC 4987 3.6; attack 22
  @Test
  void whoComesToAFullQueueGetsACookieAndIsNotRemembered() {
    overflows();
    peer.sends(syn().seq(100).mss(1460)).expects(synAck(101).seq(0).mss(1460));
    assertThat(counters().synCookiesSent()).isEqualTo(1);
    assertThat(peer.halfOpen()).hasSize(1);
    assertThat(peer.stack.tcp().connections()).isEqualTo(1);
    peer.at(ms(500)).sends(ack(1).seq(101).data("hello")).expectsNothing();
    assertThat(counters().synCookiesReceived()).isEqualTo(1);
    TcpConnection c = peer.accepts();
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(TcpPeer.reads(c)).isEqualTo("hello");
    peer.at(ms(540)).expects(ack(106).seq(1));
    TcpPeer.writes(c, "welcome");
    peer.expects(ack(106).seq(1).psh().data("welcome"));
    peer.sends(ack(8).seq(106));
    c.abort();
    peer.takesAll();
  }

  // Proves: RFC 4987 3.6
  @Test
  void withoutTimestampsACookieHoldsNoScaleAndNoSack() {
    overflows();
    peer.sends(syn().seq(100).mss(1460).wscale(7).sackOk());
    peer.expects(synAck(101).seq(0).mss(1460)); // and nothing else is offered
    peer.sends(ack(1).seq(101).win(1000));
    TcpConnection c = peer.accepts();
    assertThat(c.sndMss).isEqualTo(1460);
    assertThat(c.sack).isFalse();
    assertThat(c.timestamps).isFalse();
    assertThat(c.rcvScale).isEqualTo(-1);
    assertThat(c.sndWnd).isEqualTo(1000);
  }

  // Proves: RFC 4987 3.6
  @Test
  void timestampsBringScaleAndSackBack() {
    overflows();
    peer.sends(syn().seq(100).mss(1460).wscale(7).sackOk().ts(1000, 0)).expects(synAck(101).seq(0));
    TcpOptionSet offered = peer.last().options();
    assertThat(offered.sackPermitted()).isTrue();
    assertThat(offered.windowScale()).isEqualTo(7); // of the 6 MiB that a buffer grows to
    peer.sends(ack(1).seq(101).win(1000).ts(1001, 0));
    TcpConnection c = peer.accepts();
    assertThat(c.sndMss).isEqualTo(1448);
    assertThat(c.sack).isTrue();
    assertThat(c.timestamps).isTrue();
    assertThat(c.tsRecent).isEqualTo(1001);
    assertThat(c.sndScale).isEqualTo(7);
    assertThat(c.rcvScale).isEqualTo(7);
    assertThat(c.sndWnd).isEqualTo(1000 << 7);
    assertThat(c.rtt.srtt()).as("its timestamp is no time").isNegative();
  }

  // Proves: RFC 4987 3.6
  @Test
  void timestampsWithoutScaleAndSackSaySo() {
    overflows();
    peer.sends(syn().seq(100).mss(1460).ts(1000, 0)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101).win(1000).ts(1001, 0));
    TcpConnection c = peer.accepts();
    assertThat(c.timestamps).isTrue();
    assertThat(c.sack).isFalse();
    assertThat(c.sndScale).isZero();
    assertThat(c.rcvScale).isEqualTo(-1);
  }

  // Proves: RFC 4987 3.6; RFC 9293 MUST-15
  @ParameterizedTest
  @CsvSource({"100,536", "536,536", "1219,536", "1220,1220", "1400,1380", "1460,1460"})
  void theMssIsTheNextSmallerOneThatACookieCanHold(int told, int kept) {
    overflows();
    peer.sends(syn().seq(100).mss(told)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101));
    assertThat(peer.accepts().sndMss).isEqualTo(kept);
  }

  // Proves: RFC 9293 MUST-15
  @Test
  void withoutMssItIsTheDefault() {
    overflows();
    peer.sends(syn().seq(100)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101));
    assertThat(peer.accepts().sndMss).isEqualTo(536);
  }

  // Proves: RFC 4987 3.6
  @Test
  void aCookieIsGoodForAMinute() {
    overflows();
    peer.sends(syn().seq(100).mss(1460)).expects(synAck(101).seq(0).mss(1460));
    peer.at(seconds(64)).takesAll(); // the SYN-ACKs of the other
    peer.sends(ack(1).seq(101)).expectsNothing();
    assertThat(peer.accepts().state()).isEqualTo(TcpState.ESTABLISHED);
  }

  // Proves: RFC 4987 3.6
  @Test
  void aCookieIsNotGoodForTwoMinutes() {
    overflows();
    peer.sends(syn().seq(100).mss(1460)).expects(synAck(101).seq(0).mss(1460));
    peer.at(seconds(128)).takesAll();
    peer.sends(ack(1).seq(101)).expects(rst().seq(1));
    assertThat(peer.listener().pending()).isZero();
  }

  @Test
  void withoutAnOverflowAnAckIsAStray() {
    peer.listens();
    peer.sends(ack(12_345).seq(101)).expects(rst().seq(12_345));
    assertThat(counters().synCookiesFailed()).isZero(); // it was not even looked at
  }

  @Test
  void whatIsNoCookieIsAnsweredWithRst() {
    overflows();
    peer.sends(syn().seq(100).mss(1460)).expects(synAck(101).seq(0).mss(1460));
    peer.sends(ack(1 << 20).seq(101)).expects(rst().seq(1 << 20));
    peer.sends(ack(1).seq(101 + 1000)).expects(rst().seq(1)); // another SYN's
    peer.sends(ack(1).ports(1235, STACK_PORT).seq(101)); // another port's
    assertThat(peer.takesAll()).hasSize(1);
    assertThat(counters().synCookiesFailed()).isEqualTo(3);
    assertThat(peer.listener().pending()).isZero();
  }

  @Test
  void ifSoConfiguredThereIsNothingButCookies() {
    peer = new TcpPeer(TcpConfig.builder().synCookies(SynCookieMode.ALWAYS));
    peer.listens();
    peer.sends(syn().seq(100).mss(1460)).expects(synAck(101).seq(0).mss(1460));
    assertThat(peer.stack.tcp().connections()).isZero();
    peer.after(seconds(60)).expectsNothing(); // nor is it repeated
    peer.sends(ack(1).seq(101)).expectsNothing();
    assertThat(peer.accepts().state()).isEqualTo(TcpState.ESTABLISHED);
  }

  @Test
  void ifSoConfiguredThereAreNone() {
    peer = new TcpPeer(TcpConfig.builder().maxHalfOpen(1).synCookies(SynCookieMode.OFF));
    overflows();
    peer.sends(syn().seq(100).mss(1460)).expectsNothing();
    assertThat(counters().synQueueDrops()).isEqualTo(1);
  }

  /** It would only be told again and again. */
  @Test
  void aCookieDoesNotOpenIntoAFullBacklog() {
    peer = new TcpPeer(TcpConfig.builder().synCookies(SynCookieMode.ALWAYS));
    peer.listens();
    for (int port = 2000; port < 2008; port++) {
      peer.forgets().sends(syn().ports(port, STACK_PORT).seq(100));
      peer.takesAll();
      peer.sends(ack(1).ports(port, STACK_PORT).seq(101));
    }
    assertThat(peer.listener().pending()).isEqualTo(8);
    peer.forgets().sends(syn().seq(100)).expectsNothing();
    assertThat(counters().acceptQueueDrops()).isEqualTo(1);
  }
}

package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.rst;
import static io.tapstack.wire.Segments.rstAck;
import static io.tapstack.wire.Segments.segment;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 9293 section 3.10.7.2: LISTEN. */
class ListenTraceTest {
  private final TcpPeer peer = new TcpPeer().listens();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  private void assertStillListening() {
    peer.after(seconds(10)).expectsNothing();
    assertThat(peer.stack.tcp().connections()).isZero();
    peer.sends(syn().seq(100)).expects(synAck(101).seq(0));
  }

  @Test
  void rstIsIgnored() {
    peer.sends(rst().seq(100)).expectsNothing();
    peer.sends(rstAck(1).seq(100)).expectsNothing();
    peer.sends(rst().syn().seq(100)).expectsNothing();
    assertStillListening();
  }

  @Test
  void ackIsAnsweredWithRst() {
    peer.sends(ack(7).seq(100)).expects(rst().seq(7));
    peer.sends(synAck(7).seq(100)).expects(rst().seq(7));
    peer.sends(fin(7).seq(100)).expects(rst().seq(7));
    peer.sends(ack(7).seq(100).data("data")).expects(rst().seq(7));
    peer.sends(ack(7).seq(100).urg(3)).expects(rst().seq(7));
    assertStillListening();
  }

  // Proves: RFC 9293 MUST-57; attack 63
  @Test
  void whatIsNeitherIsDropped() {
    peer.sends(segment().seq(100)).expectsNothing();
    peer.sends(segment().seq(100).data("data")).expectsNothing();
    peer.sends(segment().seq(100).fin()).expectsNothing();
    peer.sends(segment().seq(100).urg(1).psh()).expectsNothing();
    peer.sends(segment().seq(100).fin().psh().urg(1)).expectsNothing();
    peer.sends(syn().fin().seq(100)).expectsNothing();
    peer.broadcasts(syn().seq(100)).expectsNothing();
    assertStillListening();
  }

  // Proves: RFC 9293 MUST-14
  @Test
  void synIsAnsweredWithSynAndAck() {
    peer.sends(syn().seq(100).mss(1400)).expects(synAck(101).seq(0).win(65_535));
    assertThat(peer.last().options()).isEqualTo(segment().mss(1460).options());
    assertThat(peer.stack.tcp().connections()).isEqualTo(1);
    assertThat(peer.listener().pending()).isZero();
    peer.sends(ack(1).seq(101)).expectsNothing();
    assertThat(peer.listener().pending()).isEqualTo(1);
    assertThat(peer.accepts().state()).isEqualTo(TcpState.ESTABLISHED);
  }

  @Test
  void numbersWrap() {
    peer.sends(syn().seq(-1)).expects(synAck(0).seq(0));
    peer.sends(ack(1).seq(0)).expectsNothing();
    assertThat(peer.accepts().state()).isEqualTo(TcpState.ESTABLISHED);
  }

  @Test
  void optionsAreAnsweredOnlyIfTheyWereOffered() {
    peer.sends(syn().seq(100).mss(1460).wscale(7).ts(5, 0).sackOk())
        .expects(synAck(101).seq(0).win(65_535));
    assertThat(peer.last().options().mss()).isEqualTo(1460);
    assertThat(peer.last().options().windowScale()).isEqualTo(7); // 6 MiB of buffer
    assertThat(peer.last().options().timestamps())
        .isEqualTo(segment().ts(0, 5).options().timestamps());
    peer.sends(ack(1).seq(101).ts(6, 0)).expectsNothing();
    assertThat(peer.accepts().state()).isEqualTo(TcpState.ESTABLISHED);
  }

  @Test
  void dataOnASynIsSentAgainByThePeer() {
    // RFC 9293 section 3.10.7.2 lets it be queued; it is not, and so not acknowledged.
    peer.sends(syn().seq(100).data("early")).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101).data("early")).expectsNothing();
    TcpConnection c = peer.accepts();
    assertThat(TcpPeer.reads(c)).isEqualTo("early");
    peer.after(TcpPeer.ms(40)).expects(ack(106).seq(1));
  }

  // Proves: attack 76; RFC 7413 4.2.2
  @Test
  void aCookieInASynOpensNothingFaster() { // there is no Fast Open whose cookie it could be
    Bytes cookie = Bytes.ofHex("220a01020304050607080101");
    peer.sends(syn().seq(100).mss(1460).rawOptions(cookie).data("early"));
    peer.expects(synAck(101).seq(0));
    assertThat(peer.lastBytes().length()).as("header and MSS, no cookie").isEqualTo(24);
    assertThat(peer.listener().accept()).as("before the handshake is complete").isNull();
    peer.sends(ack(1).seq(101).data("later")).expectsNothing();
    TcpConnection c = peer.accepts();
    assertThat(TcpPeer.reads(c)).isEqualTo("later");
    peer.after(TcpPeer.ms(40)).expects(ack(106).seq(1));
  }

  @Test
  void urgOnASynIsNoObstacle() {
    peer.sends(syn().seq(100).urg(7)).expects(synAck(101).seq(0));
  }

  @Test
  void aClosedListenerIsClosed() {
    peer.listener().close();
    peer.sends(syn().seq(100)).expects(rstAck(101).seq(0));
  }

  @Test
  void whoWaitsInAClosedListenerIsReset() {
    peer.sends(syn().seq(100)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101));
    peer.listener().close();
    peer.expects(rstAck(101).seq(1));
    assertThat(peer.stack.tcp().connections()).isZero();
  }

  @Test
  void ipv6IsTheSame() { // RFC 9293 section 3.7.1: 1500 - 40 - 20
    TcpPeer six = new TcpPeer(TcpConfig.builder(), TcpPeer.STACK_V6, TcpPeer.PEER_V6).listens();
    six.sends(syn().seq(100).mss(1440)).expects(synAck(101).seq(0).win(65_535));
    assertThat(six.last().options()).isEqualTo(segment().mss(1440).options());
    six.sends(ack(1).seq(101)).expectsNothing();
    TcpConnection c = six.accepts();
    TcpPeer.writes(c, "hello");
    six.expects(ack(101).seq(1).psh().data("hello"));
    six.sends(fin(6).seq(101)).expects(ack(102).seq(6));
    six.after(seconds(60)).expectsNothing();
    c.close();
    six.expects(fin(102).seq(6));
    six.sends(ack(7).seq(102)).expectsNothing();
    assertThat(six.stack.tcp().connections()).isZero();
  }
}

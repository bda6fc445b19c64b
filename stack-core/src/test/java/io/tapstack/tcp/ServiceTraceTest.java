package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What IP does for TCP, and what applications may say and learn: RFC 9293 section 3.9. */
class ServiceTraceTest {
  private TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  // ---- DSCP and TTL ----

  private void assertService(int trafficClass, int ttl) {
    assertThat(peer.lastPacket().trafficClass()).isEqualTo(trafficClass);
    assertThat(peer.lastPacket().ttl()).isEqualTo(ttl);
  }

  // Proves: RFC 9293 MUST-48; RFC 9293 MUST-49; RFC 9293 SHLD-21; RFC 9293 SHLD-22
  @Test
  void theApplicationSetsDscpAndTtlAndChangesThem() {
    TcpConnection c = peer.toEstablished();
    assertService(0, 64);
    c.trafficClass(0xb8); // expedited forwarding
    c.timeToLive(5);
    TcpPeer.writes(c, "x");
    peer.expects(ack(101).seq(1).psh().data("x"));
    assertService(0xb8, 5);
    peer.at(ms(200)).expects(ack(101).seq(1).psh().data("x"));
    assertService(0xb8, 5);
    peer.sends(ack(2).seq(101).data("y"));
    peer.at(ms(240)).expects(ack(102).seq(2));
    assertService(0xb8, 5);
    c.trafficClass(0x23); // class selector 1; the low bits are not the application's
    c.timeToLive(255);
    assertThat(TcpPeer.reads(c)).isEqualTo("y");
    c.close();
    peer.expects(fin(102).seq(2));
    assertService(0x20, 255);
    peer.sends(ack(3).seq(102));
  }

  // Proves: RFC 9293 MUST-48; RFC 9293 MUST-49
  @Test
  void dscpAndTtlAreThoseOfIpv6AsWell() {
    peer = new TcpPeer(TcpConfig.builder(), TcpPeer.STACK_V6, TcpPeer.PEER_V6);
    TcpConnection c = peer.toEstablished();
    c.trafficClass(0x23);
    c.timeToLive(1);
    c.shutdownOutput();
    peer.expects(fin(101).seq(1));
    assertService(0x20, 1);
  }

  // ---- local addresses ----

  private static final IpAddress SECOND = IpAddress.parse("10.0.0.9");

  // Proves: RFC 9293 MUST-43
  @Test
  void anActiveOpenMayNameItsLocalAddress() {
    peer = new TcpPeer(TcpConfig.builder(), SECOND, TcpPeer.PEER);
    peer.iface.addAddress(SECOND, 24);
    assertThat(peer.stack.ip().selectSource(TcpPeer.PEER)).isEqualTo(TcpPeer.STACK);
    TcpConnection c = peer.connects(); // the peer is strict about where segments come from
    peer.expects(syn().seq(0));
    assertThat(c.localAddress()).isEqualTo(SECOND);
    peer.sends(synAck(1).seq(100)).expects(ack(101).seq(1));
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  // Proves: RFC 9293 MUST-44; RFC 9293 MUST-45
  @Test
  void ipChoosesTheLocalAddressOnceForAll() {
    TcpConnection c = peer.stack.tcp().connect(null, TcpPeer.PEER, 1234, TcpEvents.NONE);
    peer.expects(syn().seq(0));
    assertThat(c.localAddress()).isEqualTo(peer.stack.ip().selectSource(TcpPeer.PEER));
    // Were it asked again, IP would answer otherwise.
    peer.iface.addAddress(IpAddress.parse("10.0.0.3"), 30);
    assertThat(peer.stack.ip().selectSource(TcpPeer.PEER)).isNotEqualTo(TcpPeer.STACK);
    peer.at(seconds(1)).expects(syn().seq(0));
    peer.sends(synAck(1).seq(100)).expects(ack(101).seq(1));
    TcpPeer.writes(c, "x");
    peer.expects(ack(101).seq(1).psh().data("x"));
    assertThat(peer.lastPacket().source()).isEqualTo(TcpPeer.STACK);
    peer.sends(ack(2).seq(101));
  }

  // ---- passive opens beside active ones ----

  // Proves: RFC 9293 MUST-41; RFC 9293 MUST-42
  @Test
  void aPortListensWhileItConnects() {
    Tcp tcp = peer.stack.tcp();
    PortBinding binding = tcp.bind(TcpPeer.STACK, TcpPeer.STACK_PORT, false);
    TcpConnection active = tcp.connect(binding, TcpPeer.PEER, TcpPeer.PEER_PORT, TcpEvents.NONE);
    peer.expects(syn().seq(0));
    TcpListener listener = tcp.listen(binding, 8, TcpEvents.NONE);
    assertThat(active.state()).isEqualTo(TcpState.SYN_SENT);

    // Somebody else connects to the same port meanwhile ...
    peer.sends(syn().ports(2000, TcpPeer.STACK_PORT).seq(500));
    int ahead = peer.takesAll().get(0).sequence(); // counted from the first connection's number
    peer.sends(ack(1 + ahead).ports(2000, TcpPeer.STACK_PORT).seq(501));
    TcpConnection passive = Objects.requireNonNull(listener.accept());
    assertThat(passive.state()).isEqualTo(TcpState.ESTABLISHED);

    // ... and the first is answered, and not disturbed by another passive open either.
    peer.sends(synAck(1).seq(100)).expects(ack(101).seq(1));
    assertThat(active.state()).isEqualTo(TcpState.ESTABLISHED);
    tcp.listen(tcp.bind(TcpPeer.STACK, 81, false), 8, TcpEvents.NONE);
    assertThat(List.of(active.state(), passive.state())).containsOnly(TcpState.ESTABLISHED);
  }

  // ---- soft errors ----

  // Proves: RFC 9293 MUST-47; RFC 9293 SHLD-25; RFC 9293 SHLD-20
  @Test
  void softErrorsAreReportedUnlessTheyAreMuted() {
    List<Integer> reports = new ArrayList<>();
    TcpConnection c = peer.toEstablished();
    c.events(
        what -> {
          if ((what & TcpEvents.SOFT_ERROR) != 0) {
            reports.add(what);
          }
        });
    TcpPeer.writes(c, "hello");
    peer.expects(ack(101).seq(1).psh().data("hello"));
    peer.sendsError(3, 1, 1); // host unreachable
    assertThat(reports).hasSize(1);
    assertThat(c.softError()).isEqualTo(Result.UNREACHABLE);
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    peer.sends(ack(6).seq(101));
    assertThat(c.softError()).isNull();

    c.reportSoftErrors(false);
    TcpPeer.writes(c, "again");
    peer.expects(ack(101).seq(6).psh().data("again"));
    peer.sendsError(3, 1, 6);
    assertThat(reports).hasSize(1);
    peer.sends(ack(11).seq(101));
  }

  // Proves: RFC 9293 SHLD-9
  @Test
  void theApplicationIsToldWhenNobodyAnswersForLong() {
    List<Long> reports = new ArrayList<>();
    TcpConnection c = peer.toEstablished();
    c.events(
        what -> {
          if ((what & TcpEvents.SOFT_ERROR) != 0) {
            reports.add(peer.now() / 1_000_000);
          }
        });
    TcpPeer.writes(c, "hello");
    peer.at(seconds(100)); // R1 is the third timeout, at 200 + 400 + 800 ms; R2 is far
    assertThat(peer.takesAll()).hasSizeGreaterThan(4);
    assertThat(reports).containsExactly(1400L);
    assertThat(c.softError()).isEqualTo(Result.TIMED_OUT);
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    peer.sends(ack(6).seq(101)).expectsNothing();
    assertThat(c.softError()).isNull();
  }

  // Proves: RFC 9293 MUST-54
  @Test
  void anIcmpErrorReachesTheConnectionThatItIsAbout() {
    TcpConnection first = peer.connects(); // the peer quotes the ports of this one
    TcpConnection second = peer.stack.tcp().connect(null, TcpPeer.PEER, 1234, TcpEvents.NONE);
    TcpConnection third = peer.stack.tcp().connect(null, TcpPeer.PEER, 1235, TcpEvents.NONE);
    peer.takesAll();
    peer.sendsError(3, 3, 0);
    assertThat(first.failure()).isEqualTo(Result.REFUSED);
    for (TcpConnection other : List.of(second, third)) {
      assertThat(other.state()).isEqualTo(TcpState.SYN_SENT);
      assertThat(other.softError()).isNull();
    }
  }
}

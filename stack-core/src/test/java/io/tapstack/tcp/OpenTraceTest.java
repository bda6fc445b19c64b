package io.tapstack.tcp;

import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With whom a connection can be: RFC 9293 sections 3.9.1.1 and 3.9.2.3. */
class OpenTraceTest {
  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  // Proves: RFC 9293 MUST-46
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "239.1.2.3",
        "10.0.0.255",
        "10.0.0.0",
        "::",
        "ff02::1",
        "ff05::2"
      })
  void groupsAndBroadcastsCannotBeOpened(String remote) { // MUST-46
    TcpConnection c = peer.stack.tcp().connect(null, IpAddress.parse(remote), 80, TcpEvents.NONE);
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    assertThat(c.failure()).isEqualTo(Result.INVALID);
    assertThat(peer.stack.tcp().connections()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 65_536})
  void portsHaveARange(int port) {
    TcpConnection c = peer.stack.tcp().connect(null, TcpPeer.PEER, port, TcpEvents.NONE);
    assertThat(c.failure()).isEqualTo(Result.INVALID);
  }

  @Test
  void nobodyIsBeyondTheRoutes() {
    TcpConnection c =
        peer.stack.tcp().connect(null, IpAddress.parse("192.0.2.1"), 80, TcpEvents.NONE);
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    assertThat(c.failure()).isEqualTo(Result.NO_ROUTE);
  }

  // Proves: RFC 9293 MUST-63; attack 24
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "10.0.0.255",
        "10.0.0.0",
        "127.0.0.1",
        "10.0.0.1"
      })
  void aSynWithAnImpossibleSourceIsNotAnswered(String source) { // MUST-63
    peer.listens();
    peer.hears(
        CaptiveLink.PEER_MAC,
        IpPacket.of(
            IpAddress.parse(source), TcpPeer.STACK, syn().ports(TcpPeer.PEER_PORT, 80).seq(100)));
    peer.expectsNothing();
    assertThat(peer.stack.tcp().connections()).isZero();
  }

  @Test
  void thePeerThatIsThereIsTheSame() { // or the tests above prove nothing
    peer.listens();
    peer.hears(
        CaptiveLink.PEER_MAC,
        IpPacket.of(TcpPeer.PEER, TcpPeer.STACK, syn().ports(TcpPeer.PEER_PORT, 80).seq(100)));
    peer.expects(synAck(101).seq(0));
  }

  // Proves: RFC 9293 MUST-10
  @Test
  void aConnectionToItselfIsASimultaneousOpen() { // MUST-10
    Tcp tcp = peer.stack.tcp();
    PortBinding binding = tcp.bind(TcpPeer.STACK, 7, false);
    TcpConnection c = tcp.connect(binding, TcpPeer.STACK, 7, TcpEvents.NONE);
    peer.after(0);
    peer.stack.poll(peer.stack.time().now());
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    TcpPeer.writes(c, "hello, me");
    peer.stack.poll(peer.stack.time().now());
    assertThat(TcpPeer.reads(c)).isEqualTo("hello, me");
    c.close();
    peer.after(TcpPeer.seconds(61));
    assertThat(tcp.connections()).isZero();
  }
}

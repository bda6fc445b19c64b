package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Which algorithm a connection has, and what passes on when it is exchanged. */
class CongestionControlsTest {
  private static final int MSS = 1460;

  @Test
  void eachNameMakesAnAlgorithmOfThatName() {
    assertThat(CongestionControls.names()).containsExactly("cubic", "reno", "bbr");
    for (String name : CongestionControls.names()) {
      assertThat(CongestionControls.named(name).get().name()).isEqualTo(name);
    }
  }

  @Test
  void anotherNameIsRefusedWithThoseThatThereAre() {
    assertThatThrownBy(() -> CongestionControls.named("vegas"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"vegas\"")
        .hasMessageContaining("cubic, ");
    assertThatThrownBy(() -> TcpConfig.builder().congestionControl("vegas"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void cubicIsTheDefaultAndTheStackMayHaveAnother() {
    assertThat(new TcpPeer().toEstablished().congestionControl()).isEqualTo("cubic");
    TcpPeer reno = new TcpPeer(TcpConfig.builder().congestionControl("reno"));
    assertThat(reno.toEstablished().congestionControl()).isEqualTo("reno");
  }

  @Test
  void aConnectionHasAnotherBeforeItIsEstablished() {
    TcpPeer peer = new TcpPeer();
    TcpConnection c = peer.connects();
    c.congestionControl("reno");
    assertThat(c.congestionControl()).isEqualTo("reno");
    peer.takesAll();
    peer.sends(io.tapstack.wire.Segments.synAck(1).seq(100).mss(MSS));
    assertThat(c.congestion.cwnd()).isEqualTo(10 * MSS);
  }

  @Test
  void windowAndThresholdPassOn() {
    TcpConnection c = new TcpPeer().toEstablished();
    c.congestion.congested(CongestionControl.Cause.LOSS, 10 * MSS, 0);
    for (String name : CongestionControls.names()) {
      if (!name.equals("bbr")) {
        c.congestionControl(name);
        assertThat(c.congestion.cwnd()).as(name).isEqualTo(7 * MSS);
        assertThat(c.congestion.ssthresh()).as(name).isEqualTo(7 * MSS);
      }
    }
  }

  @Test
  void anExchangeDuringRecoveryMakesNoWindowWithoutBounds() {
    TcpConnection c = new TcpPeer().toEstablished();
    c.congestionControl("bbr"); // which has no threshold to pass on
    c.congestion.congested(CongestionControl.Cause.LOSS, 10 * MSS, 0);
    for (String name : CongestionControls.names()) {
      c.congestionControl(name);
      c.congestion.recovered(5 * MSS, 0);
      assertThat(c.congestion.cwnd()).as(name).isLessThanOrEqualTo(10 * MSS);
    }
  }

  @Test
  void acceptedConnectionsInheritTheListenersChoice() {
    TcpPeer peer = new TcpPeer().listens();
    peer.listener().congestionControl(CongestionControls.named("reno"));
    peer.sends(io.tapstack.wire.Segments.syn().seq(100).mss(MSS));
    peer.takesAll();
    peer.sends(io.tapstack.wire.Segments.ack(1).seq(101));
    assertThat(peer.accepts().congestionControl()).isEqualTo("reno");
  }
}

package io.tapstack.tcp;

import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.rst;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What counts at the right edge of a window, ours and the peer's. */
class WindowEdgeTraceTest {
  private static final int EDGE = 101 + 65_535;

  private final TcpPeer peer = new TcpPeer();
  private final TcpConnection c = peer.toEstablished();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  /**
   * Both sides have filled each other's window and all data was lost: the ACKs of both stand at the
   * right edge, and would the one side not believe the other's, neither would ever be heard.
   */
  @Test
  void aBareAckAtTheRightEdgeCounts() {
    TcpPeer.writes(c, "abc");
    peer.expects(ack(101).seq(1).psh().data("abc"));
    peer.sends(ack(4).seq(EDGE)).expectsNothing();
    assertThat(c.sndUna - c.iss).isEqualTo(4);
  }

  /** Proves: RFC 9293 3.10.7.4 */
  @Test
  void anAckBeyondTheRightEdgeDoesNot() {
    TcpPeer.writes(c, "abc");
    peer.expects(ack(101).seq(1).psh().data("abc"));
    peer.sends(ack(4).seq(EDGE + 1)).expects(ack(101).seq(4));
    assertThat(c.sndUna - c.iss).isEqualTo(1);
    peer.sends(ack(4).seq(101));
  }

  /** Proves: RFC 9293 3.10.7.4; RFC 5961 3.2 (outside the window: dropped without an answer) */
  @Test
  void aResetAtTheRightEdgeIsOutside() {
    peer.sends(rst().seq(EDGE)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
  }

  /** Proves: RFC 9293 3.10.7.4 */
  @Test
  void dataAtTheRightEdgeIsOutside() {
    peer.sends(ack(1).seq(EDGE).data("x")).expects(ack(101).seq(1));
    assertThat(c.outOfOrder.isEmpty()).isTrue();
  }

  /** An ACK in a segment of old data moves SND.UNA, and the window must not move with it. */
  @Test
  void theWindowEndsWhereTheAckThatToldItSaid() {
    peer.sends(ack(1).seq(201).win(2920).data("later")).expects(ack(101).seq(1));
    TcpPeer.writes(c, 0, 8000);
    peer.expects(ack(101).seq(1).data(Bytes.pattern(0, 1460)));
    peer.expects(ack(101).seq(1461).data(Bytes.pattern(1460, 1460)));
    peer.sends(ack(1461).seq(101).win(1460).data("sent again"));
    peer.expects(ack(111).seq(2921));
    peer.sends(ack(2921).seq(206).win(1460));
    peer.expects(ack(111).seq(2921).data(Bytes.pattern(2920, 1460)));
  }
}

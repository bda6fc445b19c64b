package io.tapstack.tcp;

import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.rst;
import static io.tapstack.wire.Segments.rstAck;
import static io.tapstack.wire.Segments.segment;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 9293 section 3.10.7.1: segments that no connection and no listener wants. */
class ClosedTraceTest {
  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.after(TcpPeer.seconds(10)).expectsNothing();
  }

  @Test
  void rstIsIgnored() {
    peer.sends(rst().seq(100)).expectsNothing();
    peer.sends(rstAck(7).seq(100)).expectsNothing();
    peer.sends(rst().syn().fin().seq(100).data("data")).expectsNothing();
  }

  // Proves: attack 63
  @Test
  void withoutAckTheAnswerAcknowledgesAllOfTheSegment() {
    peer.sends(syn().seq(100)).expects(rstAck(101).seq(0).win(0));
    peer.sends(segment().seq(100).data("12345")).expects(rstAck(105).seq(0));
    peer.sends(segment().fin().seq(100)).expects(rstAck(101).seq(0));
    peer.sends(syn().fin().seq(100).data("12345")).expects(rstAck(107).seq(0));
    peer.sends(segment().seq(100)).expects(rstAck(100).seq(0));
    peer.sends(syn().seq(-1)).expects(rstAck(0).seq(0));
  }

  @Test
  void urgMakesNoDifference() {
    peer.sends(segment().fin().psh().urg(5).seq(100)).expects(rstAck(101).seq(0));
  }

  // Proves: attack 63
  @Test
  void withAckTheAnswerIsWhereThePeerExpectsIt() {
    peer.sends(ack(7).seq(100)).expects(rst().seq(7).win(0));
    peer.sends(synAck(7).seq(100)).expects(rst().seq(7));
    peer.sends(fin(7).seq(100)).expects(rst().seq(7));
    peer.sends(ack(-1).seq(100).psh().data("data")).expects(rst().seq(-1));
    peer.sends(ack(0).seq(100).urg(1)).expects(rst().seq(0));
  }

  // Proves: RFC 9293 MUST-57
  @Test
  void groupsAreNotAnswered() { // MUST-57, RFC 1122 section 3.2.2
    peer.broadcasts(syn().seq(100)).expectsNothing();
    peer.broadcasts(ack(7).seq(100)).expectsNothing();
  }
}

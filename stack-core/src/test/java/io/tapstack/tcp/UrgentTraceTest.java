package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.rst;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Urgent data: RFC 9293 section 3.8.5, and what RFC 6093 makes of it. */
class UrgentTraceTest {
  private final TcpPeer peer = new TcpPeer();
  private int notices;

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  private TcpConnection established() {
    TcpConnection c = peer.toEstablished();
    c.events(what -> notices += (what & TcpEvents.URGENT) != 0 ? 1 : 0);
    return c;
  }

  // ---- what arrives ----

  // Proves: RFC 9293 MUST-30; RFC 9293 MUST-62; RFC 9293 MUST-33; RFC 6093 3.2
  @Test
  void theApplicationLearnsWhereUrgentDataEnds() {
    TcpConnection c = established();
    assertThat(c.urgent()).isZero();
    peer.sends(ack(1).seq(101).urg(3).data("ab!cd"));
    assertThat(notices).isEqualTo(1);
    assertThat(c.urgent()).isEqualTo(3);
    byte[] read = new byte[2];
    assertThat(c.read(read, 0, 2)).isEqualTo(2);
    assertThat(c.urgent()).as("of \"!\" and what follows, one byte").isEqualTo(1);
    assertThat(TcpPeer.reads(c)).as("it stays in the stream").isEqualTo("!cd");
    assertThat(c.urgent()).isZero();
    peer.at(ms(40)).expects(ack(106).seq(1));
  }

  // Proves: RFC 9293 MUST-32
  @Test
  void theApplicationIsToldBeforeTheUrgentDataComesAndWhenThereIsMore() {
    TcpConnection c = established();
    peer.sends(ack(1).seq(101).urg(1000)); // no data at all
    assertThat(notices).isEqualTo(1);
    assertThat(c.urgent()).isEqualTo(1000);
    peer.sends(ack(1).seq(101).urg(1000)).sends(ack(1).seq(101).urg(999)); // nothing new
    assertThat(notices).isEqualTo(1);
    peer.sends(ack(1).seq(101).urg(1001)); // one more
    assertThat(notices).isEqualTo(2);
    assertThat(c.urgent()).isEqualTo(1001);
  }

  // Proves: RFC 9293 MUST-31
  @Test
  void urgentDataMayBeLongerThanAnySegmentAndAnyPointer() {
    TcpConnection c = established();
    int urgent = 0;
    byte[] read = new byte[1460];
    for (int i = 0; i < 100; i++) {
      int at = 1460 * i;
      peer.sends(ack(1).seq(101 + at).urg(65_535).data(Bytes.pattern(at, 1460)));
      assertThat(c.urgent()).isEqualTo(65_535);
      assertThat(notices).isEqualTo(i + 1);
      assertThat(c.read(read, 0, 1460)).isEqualTo(1460);
      assertThat(Bytes.of(read)).isEqualTo(Bytes.pattern(at, 1460));
      c.consumed();
      urgent += 1460;
      assertThat(c.urgent()).isEqualTo(65_535 - 1460);
    }
    assertThat(urgent).isGreaterThan(65_535);
    peer.takesAll();
  }

  // Proves: RFC 9293 MUST-66; RFC 9293 MUST-32
  @Test
  void urgIsProcessedInAShutWindow() {
    TcpPeer small = new TcpPeer(TcpConfig.builder().receiveBuffer(2048));
    TcpConnection c = small.toEstablished();
    c.events(what -> notices += (what & TcpEvents.URGENT) != 0 ? 1 : 0);
    small.sends(ack(1).seq(101).data(Bytes.pattern(0, 1024)));
    small.sends(ack(1).seq(1125).data(Bytes.pattern(1024, 1024)));
    small.expects(ack(2149).seq(1).win(0));
    small.sends(ack(1).seq(2149).urg(5));
    assertThat(notices).isEqualTo(1);
    assertThat(c.urgent()).as("all that waits, and five bytes").isEqualTo(2048 + 5);
  }

  // Proves: attack 6; attack 7
  @Test
  void pointersThatLieDoNoHarm() {
    TcpConnection c = established();
    peer.sends(ack(1).seq(101).urg(0).data("a"));
    assertThat(notices).as("a pointer of 0 says that nothing is urgent").isZero();
    peer.sends(ack(1).seq(102).urg(65_535).data("b"));
    peer.at(ms(40)).expects(ack(103).seq(1));
    assertThat(c.urgent()).isEqualTo(1 + 65_535);
    // Below the window by all that a pointer can tell, and one that points before what was read.
    assertThat(TcpPeer.reads(c)).isEqualTo("ab");
    peer.sends(ack(1).seq(101).urg(1).data("ab")).expects(ack(103).seq(1));
    assertThat(notices).isEqualTo(1);
    peer.sends(fin(1).seq(103).urg(65_535)).expects(ack(104).seq(1)); // beyond the end
    assertThat(TcpPeer.reads(c)).isEqualTo("end");
    assertThat(c.state()).isEqualTo(TcpState.CLOSE_WAIT);
    peer.sends(ack(1).seq(104).urg(9)); // after the end
    peer.sends(rst().seq(104).urg(0));
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
  }

  // Proves: attack 7
  @Test
  void anUrgentPointerOnASynSaysNothing() {
    peer.listens();
    peer.sends(syn().seq(-1).urg(65_535).data("early")).expects(synAck(0).seq(0));
    peer.sends(ack(1).seq(0));
    TcpConnection c = peer.accepts();
    assertThat(c.urgent()).isZero();
    peer.sends(ack(1).seq(0).urg(2).data("a!b"));
    assertThat(c.urgent()).isEqualTo(2);
    assertThat(TcpPeer.reads(c)).isEqualTo("a!b");
    peer.at(ms(40)).expects(ack(3).seq(1));
  }

  // ---- what we send ----

  // Proves: RFC 9293 MUST-30; RFC 9293 MUST-62
  @Test
  void theLastUrgentByteIsTheOneBeforeThePointer() {
    TcpConnection c = peer.toEstablished();
    c.write(new byte[] {'a', '!'}, 0, 2);
    c.sendUrgent();
    peer.expects(ack(101).seq(1).psh().urg(2).data("a!"));
    assertThat(peer.last().urgentPointer()).isEqualTo(2);
    peer.at(ms(200)).expects(ack(101).seq(1).psh().urg(2).data("a!")); // and again if it is lost
    assertThat(peer.last().urgentPointer()).isEqualTo(2);
    peer.sends(ack(3).seq(101));
    TcpPeer.writes(c, "plain");
    peer.expects(ack(101).seq(3).psh().data("plain"));
    peer.sends(ack(8).seq(101));
  }

  // Proves: RFC 9293 MUST-31; RFC 9293 MUST-32
  @Test
  void aShutWindowDoesNotHoldTheNoticeBack() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).win(0));
    TcpPeer.writes(c, 0, 100_000);
    peer.expectsNothing();
    c.sendUrgent();
    peer.expects(ack(101).seq(1).urg(65_535));
    assertThat(peer.last().urgentPointer()).as("as far as it can point").isEqualTo(65_535);
    peer.sends(ack(1).seq(101).win(1460));
    peer.expects(ack(101).seq(1).urg(1).data(Bytes.pattern(0, 1460)));
    assertThat(peer.last().urgentPointer()).isEqualTo(65_535);
    peer.sends(rst().seq(101));
  }
}

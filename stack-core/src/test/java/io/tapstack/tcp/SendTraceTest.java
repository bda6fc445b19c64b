package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;

import io.tapstack.wire.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What is sent when: Nagle's algorithm (RFC 9293 section 3.7.4), silly window avoidance (3.8.6.2.1)
 * and PSH (3.9.1.2).
 */
class SendTraceTest {
  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  private TcpConnection toEstablished(int window) {
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).win(window)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101).win(window)).expectsNothing();
    return peer.accepts();
  }

  // Proves: RFC 9293 SHLD-7; RFC 9293 SHLD-27; RFC 9293 MAY-16
  @Test
  void nagleHoldsASmallSegmentWhileSomethingIsInFlight() { // SHLD-7
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, "a");
    peer.expects(ack(101).seq(1).psh().data("a"));
    TcpPeer.writes(c, "b");
    TcpPeer.writes(c, "c");
    peer.at(ms(100)).expectsNothing();
    peer.sends(ack(2).seq(101)).expects(ack(101).seq(2).psh().data("bc"));
    peer.sends(ack(4).seq(101)).expectsNothing();
  }

  // Proves: RFC 9293 SHLD-28; RFC 9293 MUST-60
  @Test
  void nagleLetsFullSegmentsGo() {
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, "a");
    peer.expects(ack(101).seq(1).psh().data("a"));
    TcpPeer.writes(c, 0, 1470);
    peer.expects(ack(101).seq(2).data(Bytes.pattern(0, 1460))).expectsNothing();
    peer.sends(ack(2).seq(101)).expectsNothing();
    peer.sends(ack(1462).seq(101)).expects(ack(101).seq(1462).psh().data(Bytes.pattern(1460, 10)));
    peer.sends(ack(1472).seq(101)).expectsNothing();
  }

  // Proves: RFC 9293 MUST-17
  @Test
  void withoutNagleEverythingGoes() { // MUST-17
    TcpConnection c = peer.toEstablished();
    c.noDelay(true);
    for (int i = 0; i < 5; i++) {
      TcpPeer.writes(c, "x");
      peer.expects(ack(101).seq(1 + i).psh().data("x"));
    }
    peer.sends(ack(6).seq(101)).expectsNothing();
  }

  @Test
  void turningNagleOffSendsWhatItHeld() {
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, "a");
    peer.expects(ack(101).seq(1).psh().data("a"));
    TcpPeer.writes(c, "b");
    peer.expectsNothing();
    c.noDelay(true);
    peer.expects(ack(101).seq(2).psh().data("b"));
    peer.sends(ack(3).seq(101)).expectsNothing();
  }

  @Test
  void finGoesInSpiteOfNagle() {
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, "a");
    peer.expects(ack(101).seq(1).psh().data("a"));
    TcpPeer.writes(c, "b");
    c.shutdownOutput();
    peer.expects(fin(101).seq(2).psh().data("b"));
    peer.sends(ack(4).seq(101)).expectsNothing();
  }

  // Proves: RFC 9293 MUST-61
  @Test
  void pushIsOnTheLastSegmentOfTheQueue() { // MUST-61
    TcpConnection c = peer.toEstablished();
    c.noDelay(true);
    TcpPeer.writes(c, 0, 3000);
    peer.expects(ack(101).seq(1).data(Bytes.pattern(0, 1460)));
    peer.expects(ack(101).seq(1461).data(Bytes.pattern(1460, 1460)));
    peer.expects(ack(101).seq(2921).psh().data(Bytes.pattern(2920, 80)));
    TcpPeer.writes(c, 0, 1460);
    peer.expects(ack(101).seq(3001).psh().data(Bytes.pattern(0, 1460)));
    peer.sends(ack(4461).seq(101)).expectsNothing();
  }

  // Proves: RFC 9293 MUST-38
  @Test
  void halfOfTheLargestWindowIsWorthASegment() { // MUST-38 (c), the override timeout of (d)
    TcpConnection c = toEstablished(1000);
    TcpPeer.writes(c, 0, 3000);
    peer.expects(ack(101).seq(1).data(Bytes.pattern(0, 1000)));
    peer.sends(ack(1001).seq(101).win(500)).expects(ack(101).seq(1001).data(pattern(1000, 500)));
    peer.sends(ack(1501).seq(101).win(499)).expectsNothing();
    peer.at(ms(200) - 1).expectsNothing();
    peer.at(ms(200)).expects(ack(101).seq(1501).data(pattern(1500, 499)));
    peer.sends(ack(2000).seq(101).win(100)).expectsNothing();
    // The window opens before the timeout does.
    peer.at(ms(300)).sends(ack(2000).seq(101).win(600));
    peer.expects(ack(101).seq(2000).data(pattern(1999, 600)));
    peer.sends(ack(2600).seq(101).win(1000))
        .expects(ack(101).seq(2600).psh().data(pattern(2599, 401)));
    peer.sends(ack(3001).seq(101)).expectsNothing();
  }

  // Proves: RFC 9293 MUST-38
  @Test
  void theOverrideTimeoutIsASecondAtMost() { // MUST-38 (d): 0.1 to 1.0 s, whatever the RTO
    peer.toSynReceived();
    peer.at(seconds(1)).expects(synAck(101).seq(0)); // lost once: the RTO is 3 s
    peer.sends(ack(1).seq(101)).sends(ack(1).seq(101).win(3)).expectsNothing();
    TcpPeer.writes(peer.accepts(), "hello");
    peer.at(seconds(2) - 1).expectsNothing();
    peer.at(seconds(2)).expects(ack(101).seq(1).data("hel"));
    peer.sends(ack(4).seq(101)).expects(ack(101).seq(4).psh().data("lo"));
    peer.sends(ack(6).seq(101)).expectsNothing();
  }

  @Test
  void aHandshakeMayEndWithAShutWindow() {
    TcpConnection c = toEstablished(0);
    TcpPeer.writes(c, "hello");
    peer.expectsNothing();
    peer.at(ms(200)).expects(ack(101).seq(1).data("h"));
    peer.sends(ack(1).seq(101)).expects(ack(101).seq(1).psh().data("hello"));
    peer.sends(ack(6).seq(101)).expectsNothing();
  }

  // Proves: RFC 9293 MUST-38
  @Test
  void aSegmentIsNotCutToFillTheWindow() {
    TcpConnection c = toEstablished(2000);
    TcpPeer.writes(c, 0, 2920);
    // 1,460 fit, and then 540 more, but those would be silly.
    peer.expects(ack(101).seq(1).data(pattern(0, 1460))).expectsNothing();
    peer.sends(ack(1461).seq(101).win(2000));
    peer.expects(ack(101).seq(1461).psh().data(pattern(1460, 1460)));
    peer.sends(ack(2921).seq(101).win(2000)).expectsNothing();
  }

  private static Bytes pattern(long position, int length) {
    return Bytes.pattern(position, length);
  }
}

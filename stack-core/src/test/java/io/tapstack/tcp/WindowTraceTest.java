package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.rstAck;
import static io.tapstack.wire.Segments.segment;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.TcpSegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The windows of both sides: RFC 9293 section 3.8.6 and RFC 7323 section 2. */
class WindowTraceTest {
  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  // ---- ours ----

  // Proves: RFC 9293 MUST-39
  @Test
  void ourWindowOpensByAWorthwhileStep() { // MUST-39
    TcpPeer small = new TcpPeer(TcpConfig.builder().receiveBuffer(4096));
    TcpConnection c = small.toEstablished();
    assertThat(small.last().window()).isEqualTo(4096);
    small.sends(ack(1).seq(101).data(Bytes.pattern(0, 1460)));
    small.sends(ack(1).seq(1561).data(Bytes.pattern(1460, 1460)));
    small.expects(ack(3021).seq(1).win(1176));
    reads(c, 100);
    small.expectsNothing();
    small.sends(ack(1).seq(3021).data(Bytes.pattern(2920, 1176)));
    small.after(ms(40)).expects(ack(4197).seq(1).win(0)); // not 100
    reads(c, 1359);
    small.expectsNothing(); // a byte less than the peer's segment is free
    reads(c, 1);
    small.expects(ack(4197).seq(1).win(1460));
    reads(c, 100);
    small.expectsNothing();
    reads(c, 1360);
    small.expects(ack(4197).seq(1).win(2920));
    small.expectsNothing();
  }

  // Proves: RFC 9293 MUST-39
  @Test
  void ofASmallBufferHalfIsWorthwhile() {
    TcpPeer small = new TcpPeer(TcpConfig.builder().receiveBuffer(2048));
    TcpConnection c = small.toEstablished();
    small.sends(ack(1).seq(101).data(Bytes.pattern(0, 1024)));
    small.sends(ack(1).seq(1125).data(Bytes.pattern(1024, 1024)));
    small.expects(ack(2149).seq(1).win(0));
    reads(c, 1023);
    small.expectsNothing();
    reads(c, 1);
    small.expects(ack(2149).seq(1).win(1024));
    small.expectsNothing();
  }

  // Proves: RFC 9293 SHLD-14
  @Test
  void theRightEdgeOfOurWindowDoesNotMoveBack() { // SHLD-14
    TcpPeer small = new TcpPeer(TcpConfig.builder().receiveBuffer(4096));
    TcpConnection c = small.toEstablished();
    for (int i = 0; i < 10; i++) {
      small.sends(ack(1).seq(101 + 100 * i).data(Bytes.pattern(100 * i, 100)));
      small.after(ms(40)).expects(ack(201 + 100 * i).seq(1).win(3996 - 100 * i));
    }
    small.expectsNothing();
    assertThat(c.readable()).isEqualTo(1000);
  }

  // Proves: RFC 7323 2.2
  @Test
  void bothSidesScale() { // RFC 7323 section 2.2
    TcpPeer scaling = new TcpPeer(TcpConfig.builder().receiveBuffer(256 * 1024));
    scaling.listens();
    scaling.sends(syn().seq(100).mss(1460).win(1000).wscale(7));
    scaling.expects(synAck(101).seq(0).win(65_535)); // not scaled on a SYN
    assertThat(scaling.last().options().windowScale()).isEqualTo(3);
    scaling.sends(ack(1).seq(101).win(2));
    TcpConnection c = scaling.accepts();
    TcpPeer.writes(c, 0, 1000);
    scaling.expects(ack(101).seq(1).data(Bytes.pattern(0, 256)));
    assertThat(scaling.last().window()).isEqualTo(32_768);
    scaling.expectsNothing();
    scaling
        .sends(ack(257).seq(101).win(3))
        .expects(ack(101).seq(257).data(Bytes.pattern(256, 384)));
    scaling
        .sends(ack(641).seq(101).win(3))
        .expects(ack(101).seq(641).psh().data(Bytes.pattern(640, 360)));
    scaling.sends(ack(1001).seq(101).win(3).data("x")).expectsNothing();
    scaling
        .after(ms(40))
        .expects(ack(102).seq(1001).win(32_768)); // the unit does not move the edge
    scaling.expectsNothing();
  }

  // Proves: RFC 7323 2.2
  @Test
  void nothingIsScaledIfThePeerDoesNotOfferIt() {
    TcpConnection c = peer.connects();
    peer.expects(syn().seq(0).win(65_535));
    assertThat(peer.last().options().windowScale()).isEqualTo(7);
    peer.sends(synAck(1).seq(100).mss(1460)).expects(ack(101).seq(1));
    assertThat(peer.last().window()).isEqualTo(65_535);
    peer.sends(ack(1).seq(101).win(3));
    TcpPeer.writes(c, "hello");
    peer.at(ms(200)).expects(ack(101).seq(1).data("hel"));
    peer.sends(ack(4).seq(101)).expects(ack(101).seq(4).psh().data("lo"));
    peer.sends(ack(6).seq(101));
  }

  // Proves: RFC 7323 2.2
  @Test
  void nothingIsScaledIfWeDoNotOfferIt() {
    TcpPeer plain = new TcpPeer(TcpConfig.builder().windowScaling(false));
    plain.listens();
    plain.sends(syn().seq(100).mss(1460).wscale(7)).expects(synAck(101).seq(0).win(65_535));
    assertThat(plain.last().options()).isEqualTo(segment().mss(1460).options());
    plain.sends(ack(1).seq(101).win(3));
    TcpConnection c = plain.accepts();
    assertThat(c.sndWnd).isEqualTo(3);
    plain.sends(ack(1).seq(101).data("x"));
    plain.after(ms(40)).expects(ack(102).seq(1));
    assertThat(plain.last().window()).isEqualTo(65_534); // MUST-39: not moved by one byte
    plain.expectsNothing();
  }

  // Proves: RFC 7323 2.3; attack 56
  @ParameterizedTest
  @CsvSource({"0, 1", "14, 16384", "15, 16384", "255, 16384"})
  void aShiftAboveFourteenIsFourteen(int shift, int unit) { // RFC 7323 section 2.3
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).wscale(shift)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101).win(1));
    assertThat(peer.accepts().sndWnd).isEqualTo(unit);
  }

  // Proves: RFC 7323 2.2
  @Test
  void aWindowScaleOutsideASynIsIgnored() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).win(1).wscale(7));
    assertThat(c.sndWnd).isEqualTo(1);
  }

  // Proves: RFC 9293 MAY-8
  @Test
  void probesOfAShutWindowAreAnswered() { // section 3.8.6.1, with data as in RFC 9293 or without
    TcpPeer small = new TcpPeer(TcpConfig.builder().receiveBuffer(2048));
    TcpConnection c = small.toEstablished();
    small.sends(ack(1).seq(101).data(Bytes.pattern(0, 1024)));
    small.sends(ack(1).seq(1125).data(Bytes.pattern(1024, 1024)));
    small.expects(ack(2149).seq(1).win(0));
    for (int i = 0; i < 3; i++) {
      small.after(ms(200)).sends(ack(1).seq(2149).data("x")).expects(ack(2149).seq(1).win(0));
    }
    small.sends(ack(1).seq(2148)).expects(ack(2149).seq(1).win(0)); // as Linux probes
    small.after(ms(500)).sends(ack(1).seq(2148)).expects(ack(2149).seq(1).win(0));
    reads(c, 2048);
    small.expects(ack(2149).seq(1).win(2048)); // suppose that it is lost: the next probe tells
    small.after(ms(500)).sends(ack(1).seq(2148)).expects(ack(2149).seq(1).win(2048));
    small.sends(ack(1).seq(2149).data("x")).expectsNothing();
    small.after(ms(40)).expects(ack(2150).seq(1).win(2047));
    assertThat(TcpPeer.reads(c)).isEqualTo("x");
    small.expectsNothing();
  }

  // ---- the peer's ----

  // Proves: RFC 9293 MUST-34; RFC 9293 SHLD-15; RFC 9293 SHLD-16
  @Test
  void aShrinkingWindowIsSurvived() { // MUST-34, SHLD-15 to SHLD-17
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, 0, 3 * 1460);
    for (int i = 0; i < 3; i++) {
      TcpSegment full = ack(101).seq(1 + 1460 * i).data(Bytes.pattern(1460 * i, 1460));
      peer.expects(i == 2 ? full.psh() : full);
    }
    peer.sends(ack(1461).seq(101).win(1000)).expectsNothing(); // 2,920 are in flight
    TcpPeer.writes(c, "x");
    peer.expectsNothing();
    // What the peer sends is acknowledged by a segment that it accepts: at the edge.
    peer.sends(ack(1461).seq(101).win(1000).data("q"));
    peer.at(ms(40)).expects(ack(102).seq(2461));
    peer.at(ms(200) - 1).expectsNothing();
    peer.at(ms(200)).expects(ack(102).seq(1461).data(Bytes.pattern(1460, 1000))); // SHLD-16
    peer.sends(ack(2461).seq(102));
    peer.expects(ack(102).seq(2461).data(Bytes.pattern(2460, 460)));
    peer.expects(ack(102).seq(2921).data(Bytes.pattern(2920, 1460)));
    peer.sends(ack(4381).seq(102));
    peer.expects(ack(102).seq(4381).psh().data("x"));
    peer.sends(ack(4382).seq(102)).expectsNothing();
    peer.after(seconds(10)).expectsNothing();
  }

  // Proves: RFC 9293 MUST-34; RFC 9293 MAY-7
  @Test
  void aWindowThatShutsOverDataInFlightIsSurvived() {
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, 0, 1000);
    peer.expects(ack(101).seq(1).psh().data(Bytes.pattern(0, 1000)));
    peer.sends(ack(1).seq(101).win(0)).expectsNothing();
    peer.at(ms(200)).expects(ack(101).seq(1).psh().data(Bytes.pattern(0, 1000)));
    peer.sends(ack(1).seq(101).win(0)).expectsNothing();
    peer.at(ms(600)).expects(ack(101).seq(1).psh().data(Bytes.pattern(0, 1000)));
    peer.sends(ack(1001).seq(101).win(0)).expectsNothing();
    peer.after(seconds(10)).expectsNothing();
  }

  // Proves: RFC 9293 MUST-37; RFC 9293 SHLD-17
  @Test
  void aWindowThatShutsOverDataInFlightMayStayShut() { // MUST-37, SHLD-17
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, 0, 1000);
    peer.sends(ack(1).seq(101).win(0));
    peer.takesAll();
    for (int minute = 1; minute <= 120; minute++) {
      peer.at(seconds(60 * minute));
      assertThat(peer.takesAll()).as("questions of minute %s", minute).isNotEmpty();
      peer.sends(ack(1).seq(101).win(0));
    }
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    peer.takesAll();
    peer.sends(ack(1).seq(101)).expects(ack(101).seq(1).psh().data(Bytes.pattern(0, 1000)));
    peer.sends(ack(1001).seq(101)).expectsNothing();
  }

  @Test
  void aWindowThatShutsOverDataInFlightPinsNoOrphan() {
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, 0, 1000);
    peer.sends(ack(1).seq(101).win(0));
    c.close();
    for (int minute = 1; minute <= 20; minute++) {
      peer.at(seconds(60 * minute)).sends(ack(1).seq(101).win(0));
    }
    peer.takesAll();
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
  }

  // ---- the peer's, shut: section 3.8.6.1 ----

  private TcpConnection toShut() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).win(0)).expectsNothing();
    TcpPeer.writes(c, "hello");
    peer.expectsNothing();
    return c;
  }

  /** SHLD-29, SHLD-30: the first after one RTO of 200 ms, doubling to a minute. */
  private static final int[] PROBES = {
    200, 600, 1400, 3000, 6200, 12_600, 25_400, 51_000, 102_200, 162_200, 222_200
  };

  // Proves: RFC 9293 MUST-36; RFC 9293 MUST-37; RFC 9293 SHLD-29; RFC 9293 SHLD-30; attack 60
  @Test
  void probesBackOffAndNeverGiveUpWhileTheyAreAnswered() { // MUST-36, MUST-37
    TcpConnection c = toShut();
    for (int at : PROBES) {
      peer.at(ms(at) - 1).expectsNothing();
      peer.at(ms(at)).expects(ack(101).seq(1).data("h"));
      peer.sends(ack(1).seq(101).win(0)).expectsNothing();
    }
    for (int i = 1; i <= 120; i++) { // two hours more
      peer.at(ms(222_200 + 60_000 * i)).expects(ack(101).seq(1).data("h"));
      peer.sends(ack(1).seq(101).win(0)).expectsNothing();
    }
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    peer.sends(ack(1).seq(101).win(5)).expects(ack(101).seq(1).psh().data("hello"));
    peer.sends(ack(6).seq(101)).expectsNothing();
  }

  @Test
  void probesThatNobodyAnswersEndTheConnection() { // R2
    TcpConnection c = toShut();
    peer.at(ms(942_200) - 1);
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(peer.takesAll()).hasSize(9 + 13).allMatch(s -> s.data().equals(Bytes.of("h")));
    peer.at(ms(942_200)).expects(rstAck(101).seq(1));
    assertThat(c.failure()).isEqualTo(Result.TIMED_OUT);
  }

  @Test
  void aProbeThatIsTakenMovesOn() {
    toShut();
    peer.at(ms(200)).expects(ack(101).seq(1).data("h"));
    peer.sends(ack(2).seq(101).win(0)).expectsNothing();
    peer.at(ms(600)).expects(ack(101).seq(2).data("e"));
    peer.sends(ack(3).seq(101).win(0)).expectsNothing();
    peer.at(ms(700)).sends(ack(3).seq(101).win(100)).expects(ack(101).seq(3).psh().data("llo"));
    peer.sends(ack(6).seq(101)).expectsNothing();
    peer.after(seconds(10)).expectsNothing();
  }

  @Test
  void finIsItsOwnProbe() {
    TcpConnection c = peer.toEstablished();
    peer.sends(ack(1).seq(101).win(0));
    c.shutdownOutput();
    peer.expectsNothing();
    peer.at(ms(200)).expects(fin(101).seq(1));
    peer.sends(ack(1).seq(101).win(0)).expectsNothing();
    peer.at(ms(600)).expects(fin(101).seq(1));
    peer.sends(ack(2).seq(101).win(0)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.FIN_WAIT_2);
    peer.after(seconds(10)).expectsNothing();
  }

  // Proves: attack 21; attack 60; RFC 6429 3
  @Test
  void anOrphanWaitsTwoMinutesForAShutWindow() { // RFC 6429 section 3: anybody could pin it
    TcpConnection c = toShut();
    c.close();
    for (int i = 0; PROBES[i] < 120_000; i++) {
      peer.at(ms(PROBES[i])).expects(ack(101).seq(1).data("h"));
      peer.sends(ack(1).seq(101).win(0)).expectsNothing();
    }
    peer.at(ms(162_200)).expects(rstAck(101).seq(1));
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    assertThat(peer.stack.tcp().counters().orphansAborted()).isEqualTo(1);
    assertThat(peer.stack.tcp().connections()).isZero();
  }

  private static void reads(TcpConnection c, int length) {
    assertThat(c.read(new byte[length], 0, length)).isEqualTo(length);
    c.consumed();
  }
}

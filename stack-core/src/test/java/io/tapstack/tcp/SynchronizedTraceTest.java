package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.rst;
import static io.tapstack.wire.Segments.rstAck;
import static io.tapstack.wire.Segments.segment;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import io.tapstack.wire.TcpSegment;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * RFC 9293 section 3.10.7.4: the rows of the state machine that are alike in all synchronized
 * states, tried in each of them.
 */
class SynchronizedTraceTest {

  /** A state, the way to it, and where the sequence numbers of both sides are then. */
  enum In {
    ESTABLISHED(TcpPeer::toEstablished, 101, 1),
    FIN_WAIT_1(TcpPeer::toFinWait1, 101, 2),
    FIN_WAIT_2(TcpPeer::toFinWait2, 101, 2),
    CLOSE_WAIT(TcpPeer::toCloseWait, 102, 1),
    CLOSING(TcpPeer::toClosing, 102, 2),
    LAST_ACK(TcpPeer::toLastAck, 102, 2),
    TIME_WAIT(TcpPeer::toTimeWait, 102, 2);

    final Function<TcpPeer, TcpConnection> way;
    final int rcvNxt;
    final int sndNxt;

    In(Function<TcpPeer, TcpConnection> way, int rcvNxt, int sndNxt) {
      this.way = way;
      this.rcvNxt = rcvNxt;
      this.sndNxt = sndNxt;
    }

    /** What the peer has acknowledged: all but a FIN in FIN-WAIT-1, CLOSING and LAST-ACK. */
    int sndUna() {
      return this == FIN_WAIT_1 || this == CLOSING || this == LAST_ACK ? 1 : sndNxt;
    }

    /** The ACK that says where the stack stands. */
    TcpSegment here() {
      return ack(rcvNxt).seq(sndNxt);
    }
  }

  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  private TcpConnection reach(In in) {
    TcpConnection c = in.way.apply(peer);
    assertThat(c.state()).isEqualTo(TcpState.valueOf(in.name()));
    peer.expectsNothing();
    return c;
  }

  private static void assertStill(In in, TcpConnection c) {
    assertThat(c.state()).isEqualTo(TcpState.valueOf(in.name()));
    assertThat(c.failure()).isNull();
    assertThat(c.readable()).isZero();
  }

  // ---- first, the sequence number ----

  @ParameterizedTest
  @EnumSource
  void oldDataIsAcknowledged(In in) {
    TcpConnection c = reach(in);
    peer.sends(ack(in.sndUna()).seq(in.rcvNxt - 10).data("0123456789")).expects(in.here());
    assertStill(in, c);
  }

  @ParameterizedTest
  @EnumSource
  void dataBeyondTheWindowIsAcknowledged(In in) {
    TcpConnection c = reach(in);
    peer.sends(ack(in.sndUna()).seq(in.rcvNxt + 65_536).data("far")).expects(in.here());
    assertStill(in, c);
  }

  @ParameterizedTest
  @EnumSource
  void anEmptySegmentBeyondTheWindowIsAcknowledged(In in) {
    TcpConnection c = reach(in);
    peer.sends(ack(in.sndUna()).seq(in.rcvNxt + 65_536)).expects(in.here());
    assertStill(in, c);
  }

  @ParameterizedTest
  @EnumSource
  void aKeepaliveIsAnswered(In in) { // section 3.8.4: SEG.SEQ = SND.NXT - 1
    TcpConnection c = reach(in);
    peer.sends(ack(in.sndUna()).seq(in.rcvNxt - 1)).expects(in.here());
    peer.sends(ack(in.sndUna()).seq(in.rcvNxt - 1).data("x")).expects(in.here());
    assertStill(in, c);
  }

  // Proves: attack 52
  @ParameterizedTest
  @EnumSource
  void emptySegmentsThatAreNotAcceptableCannotMakeALoop(In in) {
    reach(in);
    long start = peer.now();
    peer.sends(ack(in.sndUna()).seq(in.rcvNxt - 1)).expects(in.here());
    peer.sends(ack(in.sndUna()).seq(in.rcvNxt - 1)).expectsNothing();
    peer.at(start + ms(150)).sends(ack(in.sndUna()).seq(in.rcvNxt - 1)).expectsNothing();
    peer.after(ms(350));
    peer.takesAll(); // a FIN may have been repeated meanwhile
    peer.sends(ack(in.sndUna()).seq(in.rcvNxt - 1)).expects(in.here());
  }

  // ---- second, RST ----

  // Proves: RFC 9293 MUST-12; RFC 5961 3.2
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "TIME_WAIT")
  void rstEndsTheConnection(In in) {
    TcpConnection c = reach(in);
    peer.sends(rst().seq(in.rcvNxt)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    // Sections 3.10.7.4: CLOSING, LAST-ACK: both had closed, and nobody is told.
    boolean told = in != In.CLOSING && in != In.LAST_ACK;
    assertThat(c.failure()).isEqualTo(told ? Result.RESET : null);
    assertThat(peer.stack.tcp().connections()).isZero();
    peer.after(seconds(600)).expectsNothing();
  }

  // Proves: RFC 9293 SHLD-2
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "TIME_WAIT")
  void rstWithAckAndDataEndsTheConnection(In in) { // SHLD-2: a RST may say in its data why
    TcpConnection c = reach(in);
    peer.sends(rstAck(in.sndNxt).seq(in.rcvNxt).data("why")).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
  }

  // Proves: RFC 5961 3.2; attack 49
  @ParameterizedTest
  @EnumSource
  void rstThatIsNotExactIsChallenged(In in) { // RFC 5961 section 3.2
    TcpConnection c = reach(in);
    peer.sends(rst().seq(in.rcvNxt + 1)).expects(in.here());
    assertStill(in, c);
  }

  // Proves: RFC 5961 3.2; attack 49
  @ParameterizedTest
  @EnumSource
  void rstOutsideTheWindowIsDropped(In in) {
    TcpConnection c = reach(in);
    peer.sends(rst().seq(in.rcvNxt - 1)).expectsNothing();
    peer.sends(rst().seq(in.rcvNxt + 65_536)).expectsNothing();
    peer.sends(rstAck(in.sndNxt).seq(in.rcvNxt + 1_000_000)).expectsNothing();
    assertStill(in, c);
  }

  // ---- fourth, SYN ----

  // Proves: RFC 5961 4.2; attack 50
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "TIME_WAIT")
  void synInTheWindowIsChallenged(In in) { // RFC 5961 section 4.2
    TcpConnection c = reach(in);
    peer.sends(syn().seq(in.rcvNxt + 5)).expects(in.here());
    assertStill(in, c);
  }

  // Proves: RFC 5961 4.2
  @ParameterizedTest
  @EnumSource
  void synOutsideTheWindowIsAcknowledged(In in) {
    TcpConnection c = reach(in);
    peer.sends(syn().seq(in.rcvNxt - 1000)).expects(in.here());
    assertStill(in, c);
  }

  @ParameterizedTest
  @EnumSource
  void theSynAckOnceMoreIsAcknowledged(In in) {
    TcpConnection c = reach(in);
    peer.sends(synAck(in.sndUna()).seq(100)).expects(in.here());
    assertStill(in, c);
  }

  // Proves: RFC 5961 4.2
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "TIME_WAIT")
  void aPeerThatStartedAnewGetsRidOfTheOldConnection(In in) { // RFC 5961 section 4.2, its example
    TcpConnection c = reach(in);
    peer.sends(syn().seq(1_000_000)).expects(in.here());
    peer.sends(rst().seq(in.rcvNxt)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
  }

  // ---- fifth, ACK ----

  @ParameterizedTest
  @EnumSource
  void withoutAckItIsDropped(In in) {
    TcpConnection c = reach(in);
    peer.sends(segment().seq(in.rcvNxt)).expectsNothing();
    peer.sends(segment().seq(in.rcvNxt).data("data")).expectsNothing();
    peer.sends(segment().seq(in.rcvNxt).fin()).expectsNothing();
    peer.sends(segment().seq(in.rcvNxt).urg(1).psh().data("data")).expectsNothing();
    assertStill(in, c);
  }

  // Proves: RFC 5961 5.2; attack 51; attack 53
  @ParameterizedTest
  @EnumSource
  void anAckOfWhatWasNeverSentIsAnsweredAndDropped(In in) {
    TcpConnection c = reach(in);
    peer.sends(ack(in.sndNxt + 1).seq(in.rcvNxt).data("data")).expects(in.here());
    peer.sends(fin(in.sndNxt + 1000).seq(in.rcvNxt).data("data")).expects(in.here());
    assertStill(in, c);
  }

  // Proves: RFC 9293 MAY-12; RFC 5961 5.2; attack 51
  @ParameterizedTest
  @EnumSource
  void anAckOlderThanTheLargestWindowIsAnsweredAndDropped(In in) { // RFC 5961 section 5.2
    TcpConnection c = reach(in);
    int oldest = in.sndUna() - 65_535;
    peer.sends(ack(oldest - 1).seq(in.rcvNxt).data("data")).expects(in.here());
    assertStill(in, c);
  }

  @ParameterizedTest
  @EnumSource
  void anAckOnceMoreIsIgnored(In in) {
    TcpConnection c = reach(in);
    peer.sends(ack(in.sndUna()).seq(in.rcvNxt)).expectsNothing();
    peer.sends(ack(in.sndUna() - 65_535).seq(in.rcvNxt)).expectsNothing();
    assertStill(in, c);
  }

  // ---- sixth, URG ----

  @ParameterizedTest
  @EnumSource(names = {"ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2"})
  void urgentDataStaysInTheStream(In in) { // RFC 6093 section 3.2
    TcpConnection c = reach(in);
    peer.sends(ack(in.sndUna()).seq(101).urg(1).data("a!b")).expectsNothing();
    assertThat(TcpPeer.reads(c)).isEqualTo("a!b");
    peer.after(ms(40)).expects(ack(104).seq(in.sndNxt));
  }

  @ParameterizedTest
  @EnumSource(names = {"CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT"})
  void urgentDataAfterFinIsIgnored(In in) {
    TcpConnection c = reach(in);
    peer.sends(ack(in.sndUna()).seq(102).urg(1).data("a!b")).expectsNothing();
    assertStill(in, c);
  }

  @ParameterizedTest
  @EnumSource
  void urgWithoutDataIsIgnored(In in) {
    TcpConnection c = reach(in);
    peer.sends(ack(in.sndUna()).seq(in.rcvNxt).urg(65_535)).expectsNothing();
    assertStill(in, c);
  }

  // ---- seventh, the text ----

  @ParameterizedTest
  @EnumSource(names = {"ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2"})
  void textIsDeliveredAndAcknowledgedAfterADelay(In in) {
    TcpConnection c = reach(in);
    long start = peer.now();
    peer.sends(ack(in.sndUna()).seq(101).psh().data("hello")).expectsNothing();
    assertThat(TcpPeer.reads(c)).isEqualTo("hello");
    peer.at(start + ms(40) - 1).expectsNothing();
    peer.at(start + ms(40)).expects(ack(106).seq(in.sndNxt));
    assertStill(in, c);
  }

  @ParameterizedTest
  @EnumSource(names = {"CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT"})
  void textAfterFinIsIgnored(In in) {
    TcpConnection c = reach(in);
    peer.sends(ack(in.sndUna()).seq(102).psh().data("hello")).expectsNothing();
    assertStill(in, c);
  }

  // ---- eighth, FIN ----

  @ParameterizedTest
  @EnumSource(names = {"CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT"})
  void finOnceMoreIsAcknowledged(In in) {
    TcpConnection c = reach(in);
    peer.sends(fin(in.sndUna()).seq(101)).expects(in.here());
    assertStill(in, c);
  }

  @ParameterizedTest
  @EnumSource(names = {"ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2"})
  void finBeyondAHoleWaitsForIt(In in) {
    TcpConnection c = reach(in);
    peer.sends(fin(in.sndUna()).seq(104).data("lo")).expects(ack(101).seq(in.sndNxt));
    assertStill(in, c);
    peer.sends(ack(in.sndUna()).seq(101).data("hel")).expects(ack(107).seq(in.sndNxt));
    assertThat(c.state())
        .isEqualTo(
            switch (in) {
              case ESTABLISHED -> TcpState.CLOSE_WAIT;
              case FIN_WAIT_1 -> TcpState.CLOSING;
              default -> TcpState.TIME_WAIT;
            });
    assertThat(TcpPeer.reads(c)).isEqualTo("hello");
    assertThat(TcpPeer.reads(c)).isEqualTo("end");
  }

  // ---- the application: section 3.10.5 ----

  @ParameterizedTest
  @EnumSource
  void abortSendsRstUnlessItIsOver(In in) {
    TcpConnection c = reach(in);
    c.abort();
    if (in != In.TIME_WAIT) {
      peer.expects(rstAck(in.rcvNxt).seq(in.sndNxt));
    }
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    assertThat(peer.stack.tcp().connections()).isZero();
    assertThat(peer.stack.pool().outstanding()).isZero();
    peer.after(seconds(600)).expectsNothing();
  }
}

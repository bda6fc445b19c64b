package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.rst;
import static io.tapstack.wire.Segments.rstAck;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import io.tapstack.wire.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 9293 section 3.10.7.4: the ways from ESTABLISHED to CLOSED. */
class ClosingTraceTest {
  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  private void assertGone(TcpConnection c) {
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    assertThat(peer.stack.tcp().connections()).isZero();
    assertThat(peer.stack.pool().outstanding()).isZero();
  }

  // ---- FIN-WAIT-1 ----

  @Test
  void finIsRepeatedUntilItIsAcknowledged() {
    TcpConnection c = peer.toFinWait1();
    for (int at : new int[] {200, 600, 1400}) {
      peer.at(ms(at) - 1).expectsNothing();
      peer.at(ms(at)).expects(fin(101).seq(1));
    }
    peer.sends(ack(2).seq(101));
    assertThat(c.state()).isEqualTo(TcpState.FIN_WAIT_2);
    peer.after(seconds(100)).expectsNothing();
  }

  @Test
  void anAckOfTheDataButNotOfFinChangesNothing() {
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, "hello");
    c.shutdownOutput();
    peer.expects(ack(101).seq(1).psh().data("hello")).expects(fin(101).seq(6));
    peer.sends(ack(6).seq(101)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.FIN_WAIT_1);
    peer.sends(ack(7).seq(101)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.FIN_WAIT_2);
  }

  @Test
  void finThatAcknowledgesOursGoesToTimeWaitAtOnce() {
    TcpConnection c = peer.toFinWait1();
    peer.sends(fin(2).seq(101)).expects(ack(102).seq(2));
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
  }

  @Test
  void finThatDoesNotAcknowledgeOursGoesToClosing() { // simultaneous close
    TcpConnection c = peer.toFinWait1();
    peer.sends(fin(1).seq(101).data("bye")).expects(ack(105).seq(2));
    assertThat(c.state()).isEqualTo(TcpState.CLOSING);
    assertThat(TcpPeer.reads(c)).isEqualTo("bye");
  }

  // ---- FIN-WAIT-2 ----

  @Test
  void aHalfClosedConnectionReceivesForever() { // MUST-12, section 3.6
    TcpConnection c = peer.toFinWait2();
    peer.at(seconds(3600)).expectsNothing();
    peer.sends(ack(2).seq(101).data("late"));
    assertThat(TcpPeer.reads(c)).isEqualTo("late");
    peer.after(ms(40)).expects(ack(105).seq(2));
    peer.sends(fin(2).seq(105)).expects(ack(106).seq(2));
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
    assertThat(TcpPeer.reads(c)).isEqualTo("end");
  }

  @Test
  void aClosedConnectionWaitsAMinuteForFin() {
    TcpConnection c = peer.toFinWait2();
    peer.at(seconds(5));
    c.close();
    peer.at(seconds(65) - 1).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.FIN_WAIT_2);
    peer.at(seconds(65)).expectsNothing();
    assertGone(c);
  }

  // Proves: RFC 9293 MAY-1
  @Test
  void dataForAClosedConnectionIsAnsweredWithRst() { // section 3.6.1
    TcpConnection c = peer.toEstablished();
    c.close();
    peer.expects(fin(101).seq(1));
    peer.sends(ack(2).seq(101)).expectsNothing();
    peer.sends(ack(2).seq(101).data("nobody reads this"));
    // Everything came, and so the peer is told where it stands.
    peer.expects(rstAck(101).seq(2));
    assertGone(c);
  }

  // ---- CLOSE-WAIT ----

  @Test
  void closeWaitStillSends() {
    TcpConnection c = peer.toCloseWait();
    TcpPeer.writes(c, "answer");
    peer.expects(ack(102).seq(1).psh().data("answer"));
    peer.sends(ack(7).seq(102)).expectsNothing();
    c.close();
    peer.expects(fin(102).seq(7));
    assertThat(c.state()).isEqualTo(TcpState.LAST_ACK);
    peer.sends(ack(8).seq(102)).expectsNothing();
    assertGone(c);
    assertThat(c.failure()).isNull();
  }

  // Proves: RFC 9293 SHLD-3
  @Test
  void closeInCloseWaitWithUnreadDataResets() { // SHLD-3
    TcpConnection c = peer.toEstablished();
    peer.sends(fin(1).seq(101).data("unread")).expects(ack(108).seq(1));
    c.close();
    peer.expects(rstAck(108).seq(1));
    assertGone(c);
  }

  @Test
  void closeAfterReadingAllDoesNotReset() {
    TcpConnection c = peer.toEstablished();
    peer.sends(fin(1).seq(101).data("read")).expects(ack(106).seq(1));
    assertThat(TcpPeer.reads(c)).isEqualTo("read");
    c.close();
    peer.expects(fin(106).seq(1));
    peer.sends(ack(2).seq(106)).expectsNothing();
    assertGone(c);
  }

  // ---- both directions ----

  @Test
  void halfClosedThePeerSendsMuchMore() { // section 3.6
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, "request");
    c.shutdownOutput();
    peer.expects(ack(101).seq(1).psh().data("request")).expects(fin(101).seq(8));
    assertThat(c.writable()).isZero();
    int next = 101;
    for (int i = 0; i < 100; i++) {
      peer.sends(ack(9).seq(next).data(Bytes.pattern(next, 1460))).expectsNothing();
      next += 1460;
      peer.sends(ack(9).seq(next).data(Bytes.pattern(next, 1460)));
      next += 1460;
      peer.expects(ack(next).seq(9));
      byte[] read = new byte[2920];
      assertThat(c.read(read, 0, 2920)).isEqualTo(2920);
      assertThat(Bytes.of(read)).isEqualTo(Bytes.pattern(next - 2920, 2920));
      c.consumed();
    }
    peer.sends(fin(9).seq(next)).expects(ack(next + 1).seq(9));
    assertThat(TcpPeer.reads(c)).isEqualTo("end");
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
  }

  @Test
  void finArrivesBeforeTheDataInFrontOfIt() {
    TcpConnection c = peer.toFinWait2();
    peer.sends(fin(2).seq(106).data("!")).expects(ack(101).seq(2));
    peer.sends(fin(2).seq(107)).expects(ack(101).seq(2));
    assertThat(c.state()).isEqualTo(TcpState.FIN_WAIT_2);
    peer.sends(ack(2).seq(101).data("hello")).expects(ack(108).seq(2));
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
    assertThat(TcpPeer.reads(c)).isEqualTo("hello!");
    assertThat(TcpPeer.reads(c)).isEqualTo("end");
  }

  @Test
  void bothCloseAtTheSameTime() { // figure 13
    TcpConnection c = peer.toEstablished();
    c.close();
    peer.expects(fin(101).seq(1));
    peer.sends(fin(1).seq(101)).expects(ack(102).seq(2));
    assertThat(c.state()).isEqualTo(TcpState.CLOSING);
    peer.at(seconds(1));
    assertThat(peer.takesAll()).hasSize(2); // FIN once more at 200 and 600 ms
    peer.sends(ack(2).seq(102)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
    peer.at(seconds(61) - 1).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
    peer.at(seconds(61)).expectsNothing();
    assertGone(c);
  }

  // ---- CLOSING ----

  @Test
  void closingWaitsForTheAckOfItsFin() {
    TcpConnection c = peer.toClosing();
    peer.at(ms(200)).expects(fin(102).seq(1));
    peer.sends(ack(1).seq(102)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.CLOSING);
    peer.sends(ack(2).seq(102)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
  }

  // ---- LAST-ACK ----

  // Proves: RFC 9293 MUST-12
  @Test
  void lastAckEndsWithTheAckOfItsFin() {
    TcpConnection c = peer.toLastAck();
    peer.at(ms(200)).expects(fin(102).seq(1));
    peer.sends(ack(1).seq(102)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.LAST_ACK);
    peer.sends(ack(2).seq(102)).expectsNothing();
    c.close();
    assertGone(c);
    assertThat(c.failure()).isNull();
    peer.after(seconds(600)).expectsNothing();
  }

  // ---- TIME-WAIT ----

  // Proves: RFC 9293 MUST-13
  @Test
  void timeWaitLastsItsTime() { // MUST-13
    TcpConnection c = peer.toTimeWait();
    peer.at(seconds(60) - 1).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
    peer.at(seconds(60)).expectsNothing();
    c.close();
    assertGone(c);
    peer.sends(ack(2).seq(102)).expects(rst().seq(2));
  }

  // Proves: RFC 9293 MUST-13
  @Test
  void finInTimeWaitIsAcknowledgedAndStartsItsTimeAnew() {
    TcpConnection c = peer.toTimeWait();
    peer.at(seconds(50)).sends(fin(2).seq(101)).expects(ack(102).seq(2));
    peer.at(seconds(110) - 1).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
    peer.at(seconds(110)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
  }

  @Test
  void otherSegmentsDoNotProlongTimeWait() {
    TcpConnection c = peer.toTimeWait();
    peer.at(seconds(50)).sends(ack(2).seq(102)).sends(ack(2).seq(90).data("old"));
    peer.expects(ack(102).seq(2));
    peer.at(seconds(60)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
  }

  // Proves: RFC 1337 3; attack 62
  @Test
  void rstDoesNotAssassinateTimeWait() { // RFC 1337 section 3
    TcpConnection c = peer.toTimeWait();
    peer.sends(rst().seq(102)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
  }

  // Proves: RFC 9293 MAY-2
  @Test
  void aNewerSynEndsTimeWait() { // MAY-2
    TcpConnection old = peer.toTimeWait();
    peer.forgets().sends(syn().seq(103)).expects(synAck(104).seq(0));
    assertThat(old.state()).isEqualTo(TcpState.CLOSED);
    peer.sends(ack(1).seq(104)).expectsNothing();
    assertThat(peer.accepts().state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(peer.stack.tcp().connections()).isEqualTo(1);
  }

  // Proves: RFC 9293 MAY-2
  @Test
  void theNextIncarnationBeginsBeyondTheLast() { // RFC 9293 section 3.6.1, MAY-2 (1)
    peer.listens();
    peer.sends(syn().seq(100).mss(1460)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101));
    TcpConnection old = peer.accepts();
    for (int i = 0; i < 10; i++) { // faster than the clock of the first sequence numbers
      TcpPeer.writes(old, 0, 7300);
      peer.sends(ack(1 + 7300 * (i + 1)).seq(101));
    }
    old.shutdownOutput();
    peer.takesAll();
    peer.sends(fin(73_002).seq(101)).expects(ack(102).seq(73_002));
    assertThat(old.state()).isEqualTo(TcpState.TIME_WAIT);

    peer.forgets().sends(syn().seq(103)).expects(synAck(104).seq(0));
    peer.sends(ack(1).seq(104)).expectsNothing();
    TcpConnection c = peer.accepts();
    assertThat(Seq.gt(c.iss, old.sndMax)).as("%s > %s", c.iss, old.sndMax).isTrue();
  }

  @Test
  void aSynThatNobodyWantsDoesNotEndTimeWait() { // as Linux: only a new connection ends the old one
    TcpConnection c = peer.toTimeWait();
    peer.listener().close();
    peer.sends(syn().seq(103)).expects(ack(102).seq(2));
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
  }

  private TcpConnection toTimeWaitWithTimestamps() {
    peer.listens();
    peer.sends(syn().seq(100).ts(1000, 0)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101).ts(1001, 0));
    TcpConnection c = peer.accepts();
    c.shutdownOutput();
    peer.expects(fin(101).seq(1));
    peer.sends(fin(2).seq(101).ts(1002, 0)).expects(ack(102).seq(2));
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
    return c;
  }

  // Proves: RFC 6191 2
  @Test
  void withEqualTimestampsTheSequenceNumberDecides() { // RFC 6191 section 2
    TcpConnection c = toTimeWaitWithTimestamps();
    peer.sends(syn().seq(102).ts(1002, 0)).expects(ack(102).seq(2));
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
    peer.forgets().sends(syn().seq(103).ts(1002, 0)).expects(synAck(104).seq(0));
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
  }

  // Proves: RFC 9293 SHLD-4; RFC 6191 2
  @Test
  void anOlderTimestampDoesNotEndTimeWait() { // RFC 6191 section 2: in spite of a larger number
    TcpConnection c = toTimeWaitWithTimestamps();
    peer.sends(syn().seq(5000).ts(999, 0)).expects(ack(102).seq(2));
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
  }

  // Proves: RFC 6191 2
  @Test
  void whoseTimestampsAreGoneIsJudgedByItsNumber() { // RFC 6191 section 2
    TcpConnection c = toTimeWaitWithTimestamps();
    peer.sends(syn().seq(90)).expects(ack(102).seq(2));
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
    peer.forgets().sends(syn().seq(5000)).expects(synAck(5001).seq(0));
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
  }

  @Test
  void closeWithUnreadDataDoesNotShortenTimeWait() { // both FINs are acknowledged: nothing to say
    TcpConnection c = peer.toFinWait2();
    peer.sends(fin(2).seq(101).data("unread")).expects(ack(108).seq(2));
    c.close();
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
    peer.sends(fin(2).seq(107)).expects(ack(108).seq(2));
    peer.at(seconds(60)).expectsNothing();
    assertGone(c);
  }

  // Proves: RFC 9293 MAY-2
  @Test
  void anOlderSynDoesNotEndTimeWait() {
    TcpConnection c = peer.toTimeWait();
    peer.sends(syn().seq(102)).expects(ack(102).seq(2));
    peer.after(seconds(1)).sends(syn().seq(50)).expects(ack(102).seq(2));
    assertThat(c.state()).isEqualTo(TcpState.TIME_WAIT);
  }

  // Proves: RFC 9293 SHLD-4; RFC 6191 2
  @Test
  void aNewerTimestampEndsTimeWait() { // RFC 6191 section 2
    TcpConnection c = toTimeWaitWithTimestamps();
    peer.forgets().sends(syn().seq(50).ts(1003, 0)).expects(synAck(51).seq(0));
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
  }

  // ---- giving up ----

  @Test
  void finThatNobodyAcknowledgesIsGivenUp() { // R2, section 3.8.3
    TcpConnection c = peer.toFinWait1();
    peer.at(seconds(900)); // 15 minutes
    assertThat(c.state()).isEqualTo(TcpState.FIN_WAIT_1);
    peer.at(seconds(1000));
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
    assertThat(c.failure()).isEqualTo(Result.TIMED_OUT);
    var all = peer.takesAll();
    assertThat(all.subList(0, all.size() - 1))
        .allMatch(s -> s.words().startsWith("F. seq 1 ack 101"));
    assertThat(all.get(all.size() - 1).words()).startsWith("R. seq 2 ack 101");
  }
}

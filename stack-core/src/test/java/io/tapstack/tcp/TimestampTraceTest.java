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

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Timestamps: RFC 7323 sections 3 to 5. The stack's clock counts milliseconds from its SYN. */
class TimestampTraceTest {
  private final TcpPeer peer = new TcpPeer();

  @AfterEach
  void nothingElse() {
    peer.expectsNothing();
  }

  private TcpConnection toEstablished() {
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).ts(1000, 0)).expects(synAck(101).seq(0));
    assertThat(peer.last().options()).isEqualTo(segment().mss(1460).ts(0, 1000).options());
    peer.sends(ack(1).seq(101).ts(1001, 0)).expectsNothing();
    return peer.accepts();
  }

  // Proves: RFC 7323 3.2; RFC 7323 5.4
  @Test
  void everySegmentCarriesThem() {
    TcpConnection c = toEstablished();
    peer.at(ms(5));
    TcpPeer.writes(c, "hello");
    peer.expects(ack(101).seq(1).psh().ts(5, 1001).data("hello"));
    peer.at(ms(10)).sends(fin(6).seq(101).ts(1006, 5)).expects(ack(102).seq(6).ts(10, 1006));
    peer.at(ms(20));
    c.close();
    peer.expects(fin(102).seq(6).ts(20, 1006));
    long rto = ms(20 + 200) + ms(5) / 8; // two round trips of 0 and 5 ms
    peer.at(rto - 1).expectsNothing();
    peer.at(rto).expects(fin(102).seq(6).ts(221, 1006));
    peer.sends(ack(7).seq(102).ts(1200, 221)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
  }

  @Test
  void anActiveOpenOffersThem() { // section 3.2
    TcpConnection c = peer.connects();
    peer.expects(syn().seq(0));
    assertThat(peer.last().options().timestamps())
        .isEqualTo(segment().ts(0, 0).options().timestamps());
    peer.at(ms(30)).sends(synAck(1).seq(100).mss(1460).ts(7, 0)).expects(ack(101).seq(1).ts(30, 7));
    TcpPeer.writes(c, "x");
    peer.expects(ack(101).seq(1).psh().ts(30, 7).data("x"));
  }

  // Proves: RFC 7323 3.2
  @Test
  void aPeerWithoutThemGetsNone() {
    TcpConnection c = peer.connects();
    peer.expects(syn().seq(0));
    peer.sends(synAck(1).seq(100).mss(1460)).expects(ack(101).seq(1));
    assertThat(peer.last().options().timestamps()).isNull();
    peer.sends(ack(1).seq(101).ts(5, 0).data("?")); // it may not begin now
    peer.at(ms(40)).expects(ack(102).seq(1));
    assertThat(peer.last().options().timestamps()).isNull();
    assertThat(TcpPeer.reads(c)).isEqualTo("?");
  }

  @Test
  void theyCanBeTurnedOff() {
    TcpPeer plain = new TcpPeer(TcpConfig.builder().timestamps(false));
    plain.listens();
    plain.sends(syn().seq(100).mss(1460).ts(1000, 0)).expects(synAck(101).seq(0));
    assertThat(plain.last().options()).isEqualTo(segment().mss(1460).options());
    plain.expectsNothing();
  }

  // ---- what is echoed: section 4.3 ----

  // Proves: RFC 7323 4.3
  @Test
  void aDelayedAckEchoesTheFirst() { // (A)
    toEstablished();
    peer.sends(ack(1).seq(101).ts(1010, 0).data("a"));
    peer.at(ms(10)).sends(ack(1).seq(102).ts(1020, 0).data("b"));
    peer.at(ms(40)).expects(ack(103).seq(1).ts(40, 1010));
  }

  // Proves: RFC 7323 4.3
  @Test
  void aHoleKeepsTheEchoAndItsFillerSetsIt() { // (B) and (C)
    toEstablished();
    peer.sends(ack(1).seq(103).ts(1010, 0).data("cd")).expects(ack(101).seq(1).ts(0, 1001));
    peer.sends(ack(1).seq(105).ts(1011, 0).data("ef")).expects(ack(101).seq(1).ts(0, 1001));
    peer.sends(ack(1).seq(101).ts(1012, 0).data("ab")).expects(ack(107).seq(1).ts(0, 1012));
  }

  // ---- PAWS: section 5 ----

  // Proves: RFC 7323 5.3
  @Test
  void anOldTimestampMakesAnOldSegment() {
    TcpConnection c = toEstablished();
    peer.sends(ack(1).seq(101).ts(1000, 0).data("old")).expects(ack(101).seq(1).ts(0, 1001));
    assertThat(c.readable()).isZero();
    assertThat(peer.stack.tcp().counters().pawsDrops()).isEqualTo(1);
    peer.sends(ack(1).seq(101).ts(1001, 0).data("new")).expectsNothing();
    assertThat(TcpPeer.reads(c)).isEqualTo("new");
    peer.at(ms(40)).expects(ack(104).seq(1).ts(40, 1001));
  }

  // Proves: RFC 7323 5.3
  @Test
  void timestampsWrap() {
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).ts(-2, 0)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101).ts(-1, 0));
    TcpConnection c = peer.accepts();
    peer.sends(ack(1).seq(101).ts(3, 0).data("new")).expectsNothing();
    peer.at(ms(40)).expects(ack(104).seq(1).ts(40, 3));
    peer.sends(ack(1).seq(104).ts(-1, 0).data("old")).expects(ack(104).seq(1).ts(40, 3));
    assertThat(TcpPeer.reads(c)).isEqualTo("new");
  }

  // Proves: RFC 7323 5.3
  @Test
  void whatLeftBeforeAHoleWasFilledIsNotOldBeyondIt() {
    TcpConnection c = toEstablished();
    // "a" and "c" are held up, "b" and "d" arrive, "a" is sent again at 1050.
    peer.sends(ack(1).seq(102).ts(1011, 0).data("b")).expects(ack(101).seq(1).ts(0, 1001));
    peer.sends(ack(1).seq(104).ts(1013, 0).data("d")).expects(ack(101).seq(1).ts(0, 1001));
    peer.sends(ack(1).seq(101).ts(1050, 0).data("a")).expects(ack(103).seq(1).ts(0, 1050));
    peer.sends(ack(1).seq(103).ts(1012, 0).data("c")).expects(ack(105).seq(1).ts(0, 1050));
    assertThat(TcpPeer.reads(c)).isEqualTo("abcd");
    // Nothing is missing any more: what comes next is compared with the latest again.
    peer.sends(ack(1).seq(105).ts(1051, 0).data("e"));
    peer.sends(ack(1).seq(106).ts(1050, 0).data("?")).expects(ack(106).seq(1).ts(0, 1051));
    assertThat(TcpPeer.reads(c)).isEqualTo("e");
    assertThat(peer.stack.tcp().counters().pawsDrops()).isEqualTo(1);
  }

  // Proves: RFC 7323 5.3
  @Test
  void whatIsOlderThanAHoleIsOldBeyondIt() {
    TcpConnection c = toEstablished();
    peer.sends(ack(1).seq(102).ts(1011, 0).data("b")).expects(ack(101).seq(1).ts(0, 1001));
    peer.sends(ack(1).seq(103).ts(1000, 0).data("?")).expects(ack(101).seq(1).ts(0, 1001));
    peer.sends(ack(1).seq(101).ts(1000, 0).data("?")).expects(ack(101).seq(1).ts(0, 1001));
    assertThat(peer.stack.tcp().counters().pawsDrops()).isEqualTo(2);
    peer.sends(ack(1).seq(101).ts(1050, 0).data("a")).expects(ack(103).seq(1).ts(0, 1050));
    assertThat(TcpPeer.reads(c)).isEqualTo("ab");
  }

  // Proves: RFC 7323 5.3; RFC 2883 4
  @Test
  void anOldSegmentThatCameBeforeIsReportedAsADuplicate() {
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).sackOk().ts(1000, 0)).expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101).ts(1001, 0));
    TcpConnection c = peer.accepts();
    peer.sends(ack(1).seq(101).ts(1050, 0).data("a")); // sent again, and the first
    peer.sends(ack(1).seq(101).ts(1010, 0).data("a"));
    peer.expects(ack(102).seq(1).ts(0, 1050).sack(101, 102));
    assertThat(TcpPeer.reads(c)).isEqualTo("a");
  }

  // Proves: RFC 7323 5.3 (an ACK that was overtaken is neither news nor worth an answer)
  @Test
  void anOvertakenAckIsNotAnswered() {
    TcpConnection c = toEstablished();
    TcpPeer.writes(c, "ab");
    peer.expects(ack(101).seq(1).psh().data("ab"));
    peer.sends(ack(3).seq(101).ts(1020, 0)).expectsNothing();
    peer.sends(ack(2).seq(101).ts(1019, 0)).expectsNothing();
    assertThat(peer.stack.tcp().counters().pawsDrops()).isZero();
    // So old that nobody can have waited for it: an old duplicate, which is answered.
    peer.sends(ack(2).seq(101).ts(1020 - 1001, 0)).expects(ack(101).seq(3));
    assertThat(peer.stack.tcp().counters().pawsDrops()).isEqualTo(1);
  }

  // Proves: RFC 7323 5.3
  @Test
  void rstIsNeverOld() { // section 5.2
    TcpConnection c = toEstablished();
    peer.sends(rst().seq(101).ts(5, 0)).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.CLOSED);
  }

  // Proves: RFC 7323 3.2
  @Test
  void rstCarriesNone() { // section 3.2
    TcpConnection c = toEstablished();
    c.abort();
    peer.expects(rstAck(101).seq(1));
    assertThat(peer.last().options().timestamps()).isNull();
  }

  @Test
  void aSegmentThatLacksThemIsTaken() { // section 3.2 would drop it; Linux does not
    TcpConnection c = toEstablished();
    peer.sends(ack(1).seq(101).data("bare"));
    assertThat(TcpPeer.reads(c)).isEqualTo("bare");
    peer.at(ms(40)).expects(ack(105).seq(1).ts(40, 1001));
  }

  // Proves: RFC 7323 5.5
  @Test
  void afterTwentyFourDaysWhatIsRememberedIsWorthless() { // section 5.5
    TcpConnection c = toEstablished();
    peer.at(seconds(24 * 86_400 - 1));
    peer.sends(ack(1).seq(101).ts(900, 0).data("old")).expects(ack(101).seq(1));
    peer.at(seconds(24 * 86_400));
    peer.sends(ack(1).seq(101).ts(900, 0).data("new")).expectsNothing();
    assertThat(TcpPeer.reads(c)).isEqualTo("new");
    peer.after(ms(40)).expects(ack(104).seq(1));
    // It is remembered from now on: echoed, and compared with.
    assertThat(peer.last().options().timestamps().echo()).isEqualTo(900);
    peer.sends(ack(1).seq(104).ts(899, 0).data("old")).expects(ack(104).seq(1));
    assertThat(c.readable()).isZero();
  }
}

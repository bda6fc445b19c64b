package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.fin;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static io.tapstack.wire.TcpHeader.CWR;
import static io.tapstack.wire.TcpHeader.ECE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.Bytes;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpSegment;
import io.tapstack.wire.Unparsed;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Explicit congestion notification: what the SYNs agree on, and what either side then does. */
class EcnTraceTest {
  private static final int NOT_ECT = 0;
  private static final int ECT_1 = 1;
  private static final int ECT_0 = 2;
  private static final int CE = 3;

  private static TcpPeer peer(EcnMode mode) {
    return new TcpPeer(TcpConfig.builder().ecn(mode));
  }

  /** An ECN connection that the peer opened. */
  private static TcpConnection granted(TcpPeer peer) {
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).plus(ECE | CWR));
    peer.expects(synAck(101).seq(0).plus(ECE));
    peer.sends(ack(1).seq(101)).expectsNothing();
    return peer.accepts();
  }

  // ---- 6.1.1: the SYNs ----

  /** Proves: RFC 3168 6.1.1; RFC 9293 SHLD-8 */
  @Test
  void asksByBothFlagsAndIsGrantedByOne() {
    TcpPeer peer = peer(EcnMode.ON);
    TcpConnection c = peer.connects();
    peer.expects(syn().seq(0).plus(ECE | CWR));
    assertThat(peer.lastTrafficClass()).isEqualTo(NOT_ECT);
    peer.sends(synAck(1).seq(100).plus(ECE)).expects(ack(101).seq(1));
    assertThat(peer.lastTrafficClass()).isEqualTo(NOT_ECT);
    assertThat(c.ecn.isNegotiated()).isTrue();
    TcpPeer.writes(c, "marked");
    peer.expects(ack(101).seq(1).psh().data("marked"));
    assertThat(peer.lastTrafficClass()).isEqualTo(ECT_0);
    peer.expectsNothing();
  }

  /** Proves: RFC 3168 6.1.1 */
  @ParameterizedTest
  @CsvSource({"0", "128", "192"}) // nothing, CWR, and both, as of somebody who mirrors flags
  void anySynAckButThatWithEceAloneRefuses(int flags) {
    TcpPeer peer = peer(EcnMode.ON);
    TcpConnection c = peer.connects();
    peer.expects(syn().seq(0).plus(ECE | CWR));
    peer.sends(synAck(1).seq(100).plus(flags)).expects(ack(101).seq(1));
    assertThat(c.ecn.isNegotiated()).isFalse();
    TcpPeer.writes(c, "plain");
    peer.expects(ack(101).seq(1).psh().data("plain"));
    assertThat(peer.lastTrafficClass()).isEqualTo(NOT_ECT);
    peer.sends(CE, ack(6).seq(101).data("x"));
    peer.after(ms(40)).expects(ack(102).seq(6)).expectsNothing();
  }

  /** Proves: RFC 3168 6.1.1 */
  @ParameterizedTest
  @EnumSource(names = {"ON", "PASSIVE"})
  void grantsToWhoAsks(EcnMode mode) {
    TcpPeer peer = peer(mode);
    TcpConnection c = granted(peer);
    assertThat(c.ecn.isNegotiated()).isTrue();
    TcpPeer.writes(c, "marked");
    peer.expects(ack(101).seq(1).psh().data("marked"));
    assertThat(peer.lastTrafficClass()).isEqualTo(ECT_0);
  }

  /** Proves: RFC 3168 6.1.1 */
  @ParameterizedTest
  @CsvSource({"OFF, 192, 0", "ON, 64, 0", "ON, 128, 0", "ON, 0, 0", "ON, 192, 2", "ON, 192, 3"})
  void refusesWhoAsksHalfOrMarksHisSynOrWhenItIsOff(EcnMode mode, int flags, int trafficClass) {
    TcpPeer peer = peer(mode);
    peer.listens();
    peer.sends(trafficClass, syn().seq(100).mss(1460).plus(flags));
    peer.expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101)).expectsNothing();
    TcpConnection c = peer.accepts();
    TcpPeer.writes(c, "plain");
    peer.expects(ack(101).seq(1).psh().data("plain"));
    assertThat(peer.lastTrafficClass()).isEqualTo(NOT_ECT);
  }

  /** Proves: RFC 3168 6.1.1 */
  @ParameterizedTest
  @EnumSource(names = {"OFF", "PASSIVE"})
  void doesNotAskUnlessTold(EcnMode mode) {
    TcpPeer peer = peer(mode);
    TcpConnection c = peer.connects();
    peer.expects(syn().seq(0));
    peer.sends(synAck(1).seq(100).plus(ECE)).expects(ack(101).seq(1)); // unasked
    assertThat(c.ecn.isNegotiated()).isFalse();
  }

  /**
   * Somebody may drop SYNs with these flags: a repeated one is plain, and then we do not mark what
   * we send. A peer that got the first one may mark, though, and hears of it.
   *
   * <p>Proves: RFC 3168 6.1.1
   */
  @Test
  void aSynThatGetsNoAnswerIsRepeatedWithoutAsking() {
    TcpPeer peer = peer(EcnMode.ON);
    TcpConnection c = peer.connects();
    peer.expects(syn().seq(0).plus(ECE | CWR));
    peer.at(seconds(1)).expects(syn().seq(0));
    peer.at(seconds(3)).expects(syn().seq(0));
    peer.sends(synAck(1).seq(100).plus(ECE)).expects(ack(101).seq(1));
    assertThat(c.ecn.isNegotiated()).isFalse();
    TcpPeer.writes(c, "plain");
    peer.expects(ack(101).seq(1).psh().data("plain"));
    assertThat(peer.lastTrafficClass()).isEqualTo(NOT_ECT);
    peer.sends(CE, ack(6).seq(101).data("x")).expects(ack(102).seq(6).plus(ECE));
  }

  /** Proves: RFC 3168 6.1.1 */
  @Test
  void aSynAckIsRepeatedWithEce() {
    TcpPeer peer = peer(EcnMode.PASSIVE);
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).plus(ECE | CWR));
    peer.expects(synAck(101).seq(0).plus(ECE));
    peer.at(seconds(1)).expects(synAck(101).seq(0).plus(ECE));
  }

  /** Proves: RFC 3168 6.1.1 */
  @Test
  void aPeerThatRepeatsItsSynPlainlyGetsNoMarkedPackets() {
    TcpPeer peer = peer(EcnMode.PASSIVE);
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).plus(ECE | CWR));
    peer.expects(synAck(101).seq(0).plus(ECE));
    peer.sends(syn().seq(100).mss(1460));
    peer.takesAll(); // what a SYN that came before is answered with is another test's
    peer.sends(ack(1).seq(101)).expectsNothing();
    TcpConnection c = peer.accepts();
    TcpPeer.writes(c, "plain");
    peer.expects(ack(101).seq(1).psh().data("plain"));
    assertThat(peer.lastTrafficClass()).isEqualTo(NOT_ECT);
  }

  /** Proves: RFC 3168 6.1.1 */
  @ParameterizedTest
  @CsvSource({"ON, 192, true", "ON, 0, false", "PASSIVE, 192, false"})
  void whenSynsCrossBothMustHaveAsked(EcnMode mode, int flags, boolean agreed) {
    TcpPeer peer = peer(mode);
    TcpConnection c = peer.connects();
    peer.expects(syn().seq(0).plus(mode == EcnMode.ON ? ECE | CWR : 0));
    peer.sends(syn().seq(100).mss(1460).plus(flags));
    peer.expects(synAck(101).seq(0).plus(agreed ? ECE : 0));
    peer.sends(synAck(1).seq(100).plus(agreed ? ECE : 0));
    peer.takesAll();
    assertThat(c.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(c.ecn.isNegotiated()).isEqualTo(agreed);
  }

  /** Proves: RFC 3168 6.1.1 */
  @Test
  void aSynThatAsksForAccurateEcnGetsTheClassicAnswer() {
    TcpPeer peer = peer(EcnMode.PASSIVE);
    peer.listens();
    peer.sendsRaw(accurate(syn().seq(100).mss(1460).plus(ECE | CWR)));
    peer.expects(synAck(101).seq(0).plus(ECE));
    peer.sends(ack(1).seq(101)).expectsNothing();
    assertThat(peer.accepts().ecn.isNegotiated()).isTrue();
  }

  /** A SYN with the AE flag, RFC 9768. */
  private static Unparsed accurate(TcpSegment segment) {
    TcpSegment addressed = segment.ports(TcpPeer.PEER_PORT, TcpPeer.STACK_PORT);
    ByteBuffer bytes = ByteBuffer.allocate(addressed.length());
    addressed.write(bytes, 0, TcpPeer.PEER, TcpPeer.STACK);
    int checksum = TcpHeader.checksum(bytes, 0) - 0x100; // one's complement: the flag adds as much
    bytes.put(12, (byte) (bytes.get(12) | 1));
    TcpHeader.setChecksum(bytes, 0, checksum < 0 ? checksum + 0xffff : checksum);
    return new Unparsed(IpProtocol.TCP, Bytes.of(bytes.array()), "");
  }

  // ---- 6.1.3: the receiver ----

  /** Proves: RFC 3168 6.1.3 */
  @Test
  void everyAckEchoesAMarkUntilThePeerHasReduced() {
    TcpPeer peer = peer(EcnMode.PASSIVE);
    TcpConnection c = granted(peer);
    peer.sends(ECT_0, ack(1).seq(101).data("a")).expectsNothing(); // not marked: delayed as usual
    peer.sends(CE, ack(1).seq(102).data("b")).expects(ack(103).seq(1).plus(ECE)); // at once
    peer.sends(ECT_0, ack(1).seq(103).data("c")).expectsNothing();
    peer.after(ms(40)).expects(ack(104).seq(1).plus(ECE));
    TcpPeer.writes(c, "with data as well");
    peer.expects(ack(104).seq(1).psh().data("with data as well").plus(ECE));
    assertThat(peer.lastTrafficClass()).isEqualTo(ECT_0);
    peer.sends(ack(18).seq(104)).expectsNothing();
    peer.sends(ECT_0, ack(18).seq(104).data("d").plus(CWR)).expects(ack(105).seq(18));
    peer.sends(ECT_1, ack(18).seq(105).data("e")).expectsNothing();
    peer.after(ms(40)).expects(ack(106).seq(18));
    assertThat(peer.stack.tcp().counters().congestionMarks()).isEqualTo(1);
  }

  /** Proves: RFC 3168 6.1.3 */
  @Test
  void aMarkOnTheVeryPacketThatSaysReducedCountsAgain() {
    TcpPeer peer = peer(EcnMode.PASSIVE);
    granted(peer);
    peer.sends(CE, ack(1).seq(101).data("a")).expects(ack(102).seq(1).plus(ECE));
    peer.sends(CE, ack(1).seq(102).data("b").plus(CWR)).expects(ack(103).seq(1).plus(ECE));
    peer.sends(ECT_0, ack(1).seq(103).data("c")).expectsNothing();
    peer.after(ms(40)).expects(ack(104).seq(1).plus(ECE));
  }

  /** Proves: RFC 3168 6.1.3 */
  @Test
  void marksCountBeyondAHoleAsWell() {
    TcpPeer peer = peer(EcnMode.PASSIVE);
    granted(peer);
    peer.sends(CE, ack(1).seq(111).data("later")).expects(ack(101).seq(1).plus(ECE));
  }

  @Test
  void aMarkBeyondTheWindowDoesNotCount() {
    TcpPeer peer = peer(EcnMode.PASSIVE);
    granted(peer);
    peer.sends(CE, ack(1).seq(100 - 2000).data("old")).expects(ack(101).seq(1));
  }

  // ---- 6.1.4 to 6.1.6: what is not marked ----

  /** Proves: RFC 3168 6.1.4 */
  @Test
  void pureAcksFinsAndResetsAreNotMarked() {
    TcpPeer peer = peer(EcnMode.PASSIVE);
    TcpConnection c = granted(peer);
    peer.sends(ECT_0, ack(1).seq(101).data("a"));
    peer.after(ms(40)).expects(ack(102).seq(1));
    assertThat(peer.lastTrafficClass()).isEqualTo(NOT_ECT);
    c.shutdownOutput();
    peer.expects(fin(102).seq(1));
    assertThat(peer.lastTrafficClass()).isEqualTo(NOT_ECT);
    c.abort();
    assertThat(peer.takesAll()).hasSize(1);
  }

  /** Proves: RFC 3168 6.1.5 */
  @Test
  void retransmissionsAreNotMarked() {
    TcpPeer peer = peer(EcnMode.PASSIVE);
    TcpConnection c = granted(peer);
    TcpPeer.writes(c, 0, 1000);
    peer.expects(ack(101).seq(1).psh().data(Bytes.pattern(0, 1000)));
    assertThat(peer.lastTrafficClass()).isEqualTo(ECT_0);
    peer.after(seconds(2));
    for (TcpSegment again : peer.takesAll()) {
      assertThat(again.sequence()).isEqualTo(1);
    }
    peer.after(seconds(3)); // the next one, whenever it is due
    assertThat(peer.unmarked()).as("every one of them").isTrue();
    peer.takesAll();
  }

  /** Proves: RFC 3168 6.1.6 */
  @Test
  void windowProbesAreNotMarked() {
    TcpPeer peer = peer(EcnMode.PASSIVE);
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).plus(ECE | CWR));
    peer.expects(synAck(101).seq(0).plus(ECE));
    peer.sends(ack(1).seq(101).win(0)).expectsNothing();
    TcpConnection c = peer.accepts();
    TcpPeer.writes(c, "ab");
    peer.after(ms(200)).expects(ack(101).seq(1).data("a"));
    assertThat(peer.lastTrafficClass()).isEqualTo(NOT_ECT);
    peer.sends(ack(1).seq(101).win(1000));
    peer.takesAll();
  }
}

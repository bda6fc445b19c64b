package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.tcp.TcpPeer.seconds;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpInfo.CongestionState;
import io.tapstack.wire.TcpSegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Path MTU discovery without the help of routers: RFC 4821, RFC 8899. */
class MtuSearchTraceTest {
  private static TcpConnection established(TcpPeer peer) {
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).sackOk());
    peer.expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101)).expectsNothing();
    return peer.accepts();
  }

  private static TcpCounters counters(TcpPeer peer) {
    return peer.stack.tcp().counters();
  }

  private static List<Integer> lengths(List<TcpSegment> segments) {
    return segments.stream().map(s -> s.data().length()).toList();
  }

  /** Ten full segments time out three times. */
  private static TcpConnection inBlackHole(TcpPeer peer) {
    TcpConnection c = established(peer);
    TcpPeer.writes(c, 0, 40 * 1460);
    assertThat(peer.takesAll()).hasSize(10);
    peer.after(ms(1300));
    assertThat(lengths(peer.takesAll())).containsOnly(1460);
    assertThat(c.info().timeouts()).isEqualTo(2);
    peer.after(ms(200));
    return c;
  }

  /** Proves: RFC 8899 4.3; RFC 4821 7.7; RFC 8899 4.1 */
  @Test
  void thirdTimeoutOfAFullSegmentCutsItToTheBase() {
    TcpPeer peer = new TcpPeer();
    TcpConnection c = inBlackHole(peer);
    assertThat(lengths(peer.takesAll())).containsExactly(1024);
    assertThat(c.info().pathMtu()).isEqualTo(1064);
    assertThat(counters(peer).mtuBlackHoles()).isOne();
  }

  /** Proves: RFC 8899 4.3 */
  @Test
  void furtherTimeoutsHalveSegmentsDownToTheLeastMtu() {
    TcpPeer peer = new TcpPeer();
    TcpConnection c = inBlackHole(peer);
    peer.takesAll();
    peer.after(seconds(2));
    assertThat(lengths(peer.takesAll())).containsExactly(512);
    peer.after(seconds(200));
    assertThat(peer.takesAll()).isNotEmpty().allMatch(s -> s.data().length() == 512);
    assertThat(c.info().pathMtu()).isEqualTo(552);
    assertThat(counters(peer).mtuBlackHoles()).isEqualTo(2);
  }

  /** Proves: RFC 4821 7.7 */
  @Test
  void ipv6FallsBackToWhatEveryLinkCarries() {
    TcpPeer peer = new TcpPeer(TcpConfig.builder(), TcpPeer.STACK_V6, TcpPeer.PEER_V6);
    TcpConnection c = established(peer);
    TcpPeer.writes(c, 0, 1440);
    peer.after(seconds(200));
    assertThat(c.info().pathMtu()).isEqualTo(1280);
    assertThat(counters(peer).mtuBlackHoles()).isOne();
  }

  /** Proves: RFC 4821 7.7 */
  @Test
  void smallSegmentsThatTimeOutSayNothing() {
    TcpPeer peer = new TcpPeer();
    TcpConnection c = established(peer);
    TcpPeer.writes(c, 0, 1024);
    peer.after(seconds(200));
    assertThat(c.info().pathMtu()).isEqualTo(1500);
    assertThat(counters(peer).mtuBlackHoles()).isZero();
  }

  /** Proves: RFC 4821 7.7 */
  @Test
  void nothingIsCutWhereItIsOff() {
    TcpPeer peer = new TcpPeer(TcpConfig.builder().mtuProbing(MtuProbing.OFF));
    inBlackHole(peer);
    peer.after(seconds(200));
    assertThat(lengths(peer.takesAll())).containsOnly(1460);
  }

  /** A search from the start: segments of 1024 bytes, and then a probe of 1460. */
  private static TcpConnection probing(TcpPeer peer) {
    TcpConnection c = established(peer);
    assertThat(c.info().sndMss()).isEqualTo(1024);
    TcpPeer.writes(c, 0, 60_000);
    assertThat(lengths(peer.takesAll())).startsWith(1460, 1024, 1024, 1024, 1024);
    assertThat(counters(peer).mtuProbes()).isOne();
    return c;
  }

  /** Proves: RFC 4821 7.4; RFC 4821 7.6.1; RFC 8899 5.3 */
  @Test
  void aProbeThatArrivesRaisesTheSize() {
    TcpPeer peer = new TcpPeer(TcpConfig.builder().mtuProbing(MtuProbing.ALWAYS));
    TcpConnection c = probing(peer);
    peer.sends(ack(1461).seq(101));
    assertThat(c.info().pathMtu()).isEqualTo(1500);
    assertThat(lengths(peer.takesAll())).isNotEmpty().containsOnly(1460);
    assertThat(counters(peer).mtuProbesLost()).isZero();
    assertThat(counters(peer).mtuProbes()).isOne();
  }

  /** Proves: RFC 4821 7.6.2; RFC 4821 7.3 */
  @Test
  void aProbeThatAloneIsLostIsNoCongestion() {
    TcpPeer peer = new TcpPeer(TcpConfig.builder().mtuProbing(MtuProbing.ALWAYS));
    TcpConnection c = probing(peer);
    int window = c.congestion.cwnd();
    peer.sends(ack(1).seq(101).sack(1461, 1461 + 3072));
    List<TcpSegment> next = peer.takesAll();
    assertThat(next.get(0).sequence()).isOne();
    assertThat(lengths(next)).startsWith(1024, 436);
    assertThat(c.congestion.cwnd()).isGreaterThanOrEqualTo(window);
    assertThat(c.congestion.ssthresh()).isEqualTo(Integer.MAX_VALUE);
    assertThat(counters(peer).mtuProbesLost()).isOne();
    assertThat(c.info().sndMss()).isEqualTo(1024);
    // and half the interval is tried next: (1064 + 1499) / 2
    peer.sends(ack(c.sndNxt - c.iss).seq(101));
    assertThat(c.recovery.state()).isEqualTo(CongestionState.OPEN);
    assertThat(lengths(peer.takesAll())).startsWith(1281 - 40, 1024);
  }

  /** Proves: RFC 4821 7.6.3 */
  @Test
  void aProbeLostAmongOthersSaysNothing() {
    TcpPeer peer = new TcpPeer(TcpConfig.builder().mtuProbing(MtuProbing.ALWAYS));
    TcpConnection c = probing(peer);
    peer.sends(ack(1).seq(101).sack(1461 + 1024, 1461 + 5 * 1024));
    assertThat(c.recovery.state()).isEqualTo(CongestionState.RECOVERY);
    assertThat(counters(peer).mtuProbesLost()).isZero();
  }

  /** Proves: RFC 4821 7.3; RFC 8899 4.6.2 */
  @Test
  void aRouterMayAnswerAProbe() {
    TcpPeer peer = new TcpPeer(TcpConfig.builder().mtuProbing(MtuProbing.ALWAYS));
    TcpConnection c = probing(peer);
    peer.sendsTooBig(1400, 1500, 1);
    assertThat(lengths(peer.takesAll())).startsWith(1024, 436);
    assertThat(c.congestion.ssthresh()).isEqualTo(Integer.MAX_VALUE);
    peer.sends(ack(c.sndNxt - c.iss).seq(101));
    assertThat(lengths(peer.takesAll())).startsWith(1360, 1024); // what it said that it carries
  }

  /** Proves: RFC 8899 5.1.1 */
  @Test
  void aSearchThatEndedBeginsAgain() {
    MtuSearch search = new MtuSearch();
    search.begin(1280, 1500);
    int probes = 0;
    for (int size; (size = search.next(1500, 0)) != 0; probes++) {
      search.sent(size, 0, size);
      if (size <= 1400) {
        search.succeeded(0);
      } else {
        search.failed(0);
      }
    }
    assertThat(search.low()).isBetween(1393, 1400);
    assertThat(probes).isLessThanOrEqualTo(7);
    assertThat(search.next(1500, MtuSearch.RAISE - 1)).isZero();
    assertThat(search.next(1500, MtuSearch.RAISE)).isEqualTo(1500);
  }
}

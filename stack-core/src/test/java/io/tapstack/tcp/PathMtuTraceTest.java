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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Path MTU discovery: what a connection does when a router says that a packet is too big. */
class PathMtuTraceTest {
  private final TcpPeer peer = new TcpPeer();

  /** Ten full segments of 1460 bytes are in flight, and none was acknowledged before. */
  private TcpConnection tenInFlight() {
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, 0, 20 * 1460);
    assertThat(peer.takesAll()).hasSize(10).allMatch(s -> s.data().length() == 1460);
    return c;
  }

  private static List<Integer> starts(List<TcpSegment> segments) {
    return segments.stream().map(TcpSegment::sequence).toList();
  }

  /** Proves: RFC 1191 3; RFC 1191 6.4 */
  @Test
  void cutsWhatIsInFlightAndSendsItAgainAtOnceWithoutAReduction() {
    TcpConnection c = tenInFlight();
    peer.sendsTooBig(1040, 1500, 1);
    List<TcpSegment> again = peer.takesAll();
    // The window stays 14,600: as much as before, in segments of 1000 bytes and rests of 460.
    assertThat(c.congestion.cwnd()).isEqualTo(14_600);
    assertThat(again).hasSize(20);
    assertThat(starts(again).subList(0, 4)).containsExactly(1, 1001, 1461, 2461);
    assertThat(again.get(0).data().length()).isEqualTo(1000);
    assertThat(again.get(1).data().length()).isEqualTo(460);
    TcpInfo info = c.info();
    assertThat(info.pathMtu()).isEqualTo(1040);
    assertThat(info.sndMss()).isEqualTo(1000);
    assertThat(info.timeouts()).isZero();
    assertThat(peer.stack.tcp().counters().pathMtuReductions()).isOne();
    peer.sends(ack(14_601).seq(101));
    assertThat(c.recovery.state()).isEqualTo(CongestionState.OPEN);
    assertThat(c.congestion.ssthresh()).isEqualTo(Integer.MAX_VALUE);
    // what follows is cut to the path from the start
    assertThat(peer.takesAll()).hasSize(14).allMatch(s -> s.data().length() == 1000);
  }

  /** Proves: RFC 8201 4; RFC 8201 5.4 */
  @Test
  void doesTheSameInIpv6() {
    TcpPeer six = new TcpPeer(TcpConfig.builder(), TcpPeer.STACK_V6, TcpPeer.PEER_V6);
    TcpConnection c = six.toEstablished();
    TcpPeer.writes(c, 0, 1440 * 3);
    assertThat(six.takesAll()).hasSize(3);
    six.sendsTooBig(1300, 1500, 1441);
    assertThat(starts(six.takesAll())).containsExactly(1, 1241, 1441, 2681, 2881, 4121);
    assertThat(c.info().pathMtu()).isEqualTo(1300);
    six.sendsTooBig(1279, 1300, 1); // less than every link carries: discarded
    six.expectsNothing();
    assertThat(c.info().pathMtu()).isEqualTo(1300);
  }

  /** Proves: RFC 1191 5 */
  @Test
  void guessesWhatARouterDoesNotSay() {
    TcpConnection c = tenInFlight();
    peer.sendsTooBig(0, 1500, 1); // the next plateau below 1500 bytes
    assertThat(c.info().pathMtu()).isEqualTo(1492);
  }

  /** Proves: RFC 5927 7.2; attack 44 */
  @ParameterizedTest
  @CsvSource({"0", "-1459", "14601", "1000000", "-1000000"})
  void doesNotBelieveWhatIsNotAboutASegmentInFlight(int sequence) {
    TcpConnection c = tenInFlight();
    peer.sendsTooBig(1040, 1500, sequence).expectsNothing();
    assertThat(c.info().pathMtu()).isEqualTo(1500);
    assertThat(peer.stack.tcp().counters().icmpErrorsIgnored()).isOne();
    assertThat(peer.stack.ip().streamPaths().size()).isZero();
  }

  /** Proves: attack 44; attack 48 */
  @Test
  void doesNotBelieveThatWhatFitsWasTooBig() {
    TcpConnection c = peer.toEstablished();
    TcpPeer.writes(c, "small");
    peer.expects(ack(101).seq(1).psh().data("small"));
    peer.sendsTooBig(1040, 1500, 1).expectsNothing(); // no packet of ours was that large
    peer.sendsTooBig(1500, 1500, 1).expectsNothing();
    peer.sendsTooBig(9000, 1500, 1).expectsNothing(); // RFC 1191 section 3: never more
    assertThat(c.info().pathMtu()).isEqualTo(1500);
    assertThat(peer.stack.tcp().counters().icmpErrorsIgnored()).isEqualTo(3);
  }

  /** Proves: attack 44 */
  @ParameterizedTest
  @ValueSource(ints = {1, 68, 551, 552})
  void neverGoesBelowTheLeastMtu(int claim) {
    TcpConnection c = tenInFlight();
    peer.sendsTooBig(claim, 1500, 1);
    assertThat(c.info().pathMtu()).isEqualTo(552);
    assertThat(c.info().sndMss()).isEqualTo(512);
    assertThat(peer.takesAll()).allMatch(s -> s.data().length() <= 512);
  }

  /** Proves: RFC 5927 7.2; attack 44 */
  @Test
  void waitsForATimeoutIfPacketsOfThatSizeArrivedBefore() {
    TcpConnection c = tenInFlight();
    peer.sends(ack(1461).seq(101));
    peer.takesAll();
    peer.sendsTooBig(1040, 1500, 1461).expectsNothing();
    assertThat(c.info().pathMtu()).isEqualTo(1500);
    peer.after(c.rtt.rto() + ms(1));
    List<TcpSegment> again = peer.takesAll();
    assertThat(starts(again).subList(0, 2)).containsExactly(1461, 2461);
    assertThat(c.info().pathMtu()).isEqualTo(1040);
    // the timeout was explained: it is no sign of congestion
    assertThat(c.congestion.cwnd()).isGreaterThanOrEqualTo(14_600);
    assertThat(c.info().timeouts()).isZero();
    assertThat(c.rtt.backoff()).isZero();
  }

  /** Proves: RFC 5927 7.2 */
  @Test
  void forgetsAClaimAboutWhatArrives() {
    TcpConnection c = tenInFlight();
    peer.sends(ack(1461).seq(101));
    peer.sendsTooBig(1040, 1500, 1461);
    peer.sends(ack(2921).seq(101));
    peer.takesAll();
    peer.after(seconds(1));
    assertThat(c.info().pathMtu()).isEqualTo(1500);
    assertThat(c.info().timeouts()).isPositive();
  }

  /** Proves: RFC 5927 7.2 */
  @Test
  void believesItWhenLaterDataArrivesWithoutIt() {
    peer.listens();
    peer.sends(syn().seq(100).mss(1460).sackOk());
    peer.expects(synAck(101).seq(0));
    peer.sends(ack(1).seq(101)).expectsNothing();
    TcpConnection c = peer.accepts();
    TcpPeer.writes(c, 0, 1460);
    peer.sends(ack(1461).seq(101));
    TcpPeer.writes(c, 0, 5 * 1460);
    peer.takesAll();
    peer.after(ms(1));
    peer.sendsTooBig(1040, 1500, 1461).expectsNothing();
    peer.sends(ack(1461).seq(101).sack(2921, 8761));
    assertThat(starts(peer.takesAll())).containsExactly(1461, 2461);
    assertThat(c.info().pathMtu()).isEqualTo(1040);
    assertThat(c.info().fastRecoveries()).isZero();
    assertThat(c.congestion.ssthresh()).isEqualTo(Integer.MAX_VALUE);
  }

  /** Proves: RFC 5927 7.2 */
  @Test
  void believesAtOnceWhatHasTimedOutAlready() {
    TcpConnection c = tenInFlight();
    peer.sends(ack(1461).seq(101));
    peer.takesAll();
    peer.after(c.rtt.rto() + ms(1));
    peer.takesAll();
    assertThat(c.info().timeouts()).isOne();
    peer.sendsTooBig(1040, 1500, 1461);
    assertThat(c.info().pathMtu()).isEqualTo(1040);
    assertThat(peer.takesAll().get(0).data().length()).isEqualTo(1000);
  }

  /** Proves: RFC 1191 6.2; RFC 1191 6.3; RFC 8201 4 */
  @Test
  void everyConnectionToTheDestinationHeedsItUntilItIsOld() {
    TcpConnection c = tenInFlight();
    peer.sendsTooBig(1040, 1500, 1);
    peer.takesAll();
    peer.sends(ack(14_601).seq(101));
    peer.sends(ack(28_601).seq(101));
    peer.sends(ack(29_201).seq(101));
    peer.takesAll();
    TcpConnection other = peer.forgets().connectsFrom(4000);
    TcpSegment opening = peer.takesAll().get(0);
    assertThat(opening.options().mss()).isEqualTo(1460); // RFC 1191 section 3.1: what we take in
    peer.sends(synAck(1).seq(500).mss(1460)).expects(ack(501).seq(1));
    assertThat(other.info().sndMss()).isEqualTo(1000);
    peer.after(seconds(601)); // larger segments are tried again
    TcpPeer.writes(other, 0, 1460);
    assertThat(peer.takesAll().get(0).data().length()).isEqualTo(1460);
    assertThat(other.info().pathMtu()).isEqualTo(1500);
  }

  /** Proves: RFC 1191 6.2 */
  @Test
  void onlyTheSynIsNeverTooBig() {
    TcpConnection c = peer.connects();
    peer.expects(syn().seq(0));
    peer.sendsTooBig(552, 600, 0).expectsNothing();
    assertThat(c.state()).isEqualTo(TcpState.SYN_SENT);
    assertThat(c.softError).isNull();
    peer.sends(synAck(1).seq(100).mss(1460)).expects(ack(101).seq(1));
    assertThat(c.info().sndMss()).isEqualTo(1460);
  }
}

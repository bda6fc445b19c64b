package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static io.tapstack.wire.TcpHeader.CWR;
import static io.tapstack.wire.TcpHeader.ECE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpSegment;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a sender does when the peer echoes that packets were marked. */
class EcnReactionTraceTest {
  private static final int MSS = 1000;

  private final TcpPeer peer = new TcpPeer(TcpConfig.builder().congestionControl(NewReno::new));
  private TcpConnection c;

  /** Ten segments are in flight, after a handshake of 100 ms. */
  @BeforeEach
  void tenInFlight() {
    peer.listens();
    peer.sends(syn().seq(100).mss(MSS).sackOk().plus(ECE | CWR));
    peer.expects(synAck(101).seq(0).plus(ECE));
    peer.at(ms(100)).sends(ack(1).seq(101)).expectsNothing();
    c = peer.accepts();
    TcpPeer.writes(c, 0, 40 * MSS);
    assertThat(peer.takesAll()).hasSize(10);
    peer.at(ms(200));
  }

  private List<TcpSegment> acks(int segments, int flags) {
    peer.sends(ack(1 + segments * MSS).seq(101).plus(flags));
    return peer.takesAll();
  }

  private static boolean hasCwr(TcpSegment segment) {
    return (segment.flags() & CWR) != 0;
  }

  /** Proves: RFC 3168 6.1.2; RFC 8511 3 */
  @Test
  void theWindowFallsOnceForAWindowOfData() {
    acks(1, ECE);
    int ssthresh = c.info().ssthresh();
    assertThat(ssthresh).isBetween(5 * MSS, 9 * MSS);
    for (int i = 2; i <= 10; i++) {
      acks(i, ECE);
    }
    assertThat(c.info().ssthresh()).as("one round trip, one reduction").isEqualTo(ssthresh);
    assertThat(c.info().cwnd()).isLessThanOrEqualTo(ssthresh + MSS);
    assertThat(c.info().retransmitted()).isZero();
    assertThat(c.info().deliveredCe()).isEqualTo(10);
    assertThat(c.info().ecn()).isTrue();
  }

  /** Proves: RFC 3168 6.1.2 (the first new data after the reduction has CWR, and no other) */
  @Test
  void thePeerIsToldOnce() {
    acks(1, ECE);
    int marked = 0;
    boolean first = true;
    for (int i = 2; i <= 10; i++) {
      for (TcpSegment segment : acks(i, 0)) {
        assertThat(hasCwr(segment)).isEqualTo(first);
        first = false;
        marked += hasCwr(segment) ? 1 : 0;
      }
    }
    assertThat(marked).isEqualTo(1);
  }

  /** Proves: RFC 3168 6.1.2 (a later window of data may be marked again) */
  @Test
  void theNextWindowMayBeMarkedAgain() {
    acks(1, ECE);
    for (int i = 2; i <= 10; i++) {
      acks(i, 0);
    }
    int before = c.info().ssthresh();
    int end = (c.sndNxt - c.iss - 1) / MSS;
    for (int i = 11; i <= end; i++) {
      acks(i, ECE);
    }
    assertThat(c.info().ssthresh()).isLessThan(before);
  }

  /** Proves: RFC 3168 6.1.2 (without agreement the flag means nothing) */
  @Test
  void whoDidNotAgreeIsNotHeard() {
    TcpPeer other = new TcpPeer();
    other.listens();
    other.sends(syn().seq(100).mss(MSS)).expects(synAck(101).seq(0));
    other.sends(ack(1).seq(101));
    TcpConnection plain = other.accepts();
    TcpPeer.writes(plain, 0, 10 * MSS);
    assertThat(other.takesAll()).hasSize(10);
    other.sends(ack(1 + MSS).seq(101).plus(TcpHeader.ECE));
    assertThat(plain.info().ssthresh()).isEqualTo(Integer.MAX_VALUE);
    assertThat(plain.info().ecn()).isFalse();
  }
}

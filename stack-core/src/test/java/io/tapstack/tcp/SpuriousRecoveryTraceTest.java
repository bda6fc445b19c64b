package io.tapstack.tcp;

import static io.tapstack.tcp.TcpPeer.ms;
import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpInfo.CongestionState;
import org.junit.jupiter.api.Test;

/** Reductions that prove needless are undone: F-RTO, Eifel, D-SACK. */
class SpuriousRecoveryTraceTest {
  private static LossRecoveryTrace withoutProbes() {
    return new LossRecoveryTrace(TcpConfig.builder().tailLossProbe(false));
  }

  private static void isUndone(LossRecoveryTrace trace, int cwndSegments) {
    assertThat(trace.c.info().congestionState()).isEqualTo(CongestionState.OPEN);
    assertThat(trace.cwndSegments()).isEqualTo(cwndSegments);
    assertThat(trace.c.info().ssthresh()).isEqualTo(Integer.MAX_VALUE);
    assertThat(trace.counters().spuriousRecoveries()).isEqualTo(1);
  }

  /** Proves: RFC 5682 3.1; RFC 4015 3.2 (an ACK for what was sent once: only a delay) */
  @Test
  void aTimeoutThatWasOnlyADelayIsUndone() {
    LossRecoveryTrace trace = withoutProbes();
    trace.writes(10).expects(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    trace.at(400).expects(0);
    assertThat(trace.cwndSegments()).isEqualTo(1);
    trace.at(410).acks(2).expects(); // and nothing more is sent again
    assertThat(trace.c.info().undos()).isEqualTo(1);
    assertThat(trace.counters().spuriousTimeouts()).isEqualTo(1);
    assertThat(trace.cwndSegments()).isGreaterThanOrEqualTo(10);
    assertThat(trace.c.info().ssthresh()).isEqualTo(Integer.MAX_VALUE);
    trace.at(420).acks(10).expects();
  }

  /** Proves: RFC 5682 3.1 (2b: new data instead of what may not be lost) */
  @Test
  void afterTheFirstAckNewDataTellsMore() {
    LossRecoveryTrace trace = withoutProbes();
    trace.writes(14).expects(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    trace.at(400).expects(0);
    trace.at(410).acks(1).expects(10, 11); // it may be for the retransmission
    trace.at(420).acks(2); // this one is not
    assertThat(trace.c.info().undos()).isEqualTo(1);
    assertThat(trace.counters().retransmittedSegments()).isEqualTo(1);
    trace.acks(12);
    trace.acks(14);
    trace.peer.takesAll();
  }

  /** Proves: RFC 5682 3.1 (3a: duplicates after new data, so the timeout was right) */
  @Test
  void aTimeoutThatWasRightIsNotUndone() {
    LossRecoveryTrace trace = withoutProbes();
    trace.writes(14).expects(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    trace.at(400).expects(0);
    trace.at(500).acks(1).expects(10, 11);
    trace.at(600).acks(1, 10, 11).expects(1);
    assertThat(trace.c.info().undos()).isZero();
    assertThat(trace.c.info().ssthresh()).isEqualTo(5 * LossRecoveryTrace.MSS);
    trace.peer.takesAll();
    trace.acks(14);
  }

  /** Proves: RFC 5682 2.1 (the same without SACK) */
  @Test
  void forwardRtoWorksWithoutSack() {
    TcpPeer peer = new TcpPeer(TcpConfig.builder().congestionControl(NewReno::new));
    peer.toSynReceived();
    peer.at(ms(100)).sends(ack(1).seq(101));
    TcpConnection c = peer.accepts();
    TcpPeer.writes(c, 0, 14 * 1460);
    assertThat(peer.takesAll()).hasSize(10);
    peer.at(ms(400));
    assertThat(peer.takesAll()).hasSize(1);
    peer.at(ms(410)).sends(ack(1 + 1460).seq(101));
    assertThat(peer.takesAll()).extracting(s -> s.sequence()).first().isEqualTo(1 + 10 * 1460);
    peer.at(ms(420)).sends(ack(1 + 2 * 1460).seq(101));
    assertThat(c.info().undos()).isEqualTo(1);
    peer.takesAll();
  }

  // Proves: RFC 5682 2.1
  @Test
  void withoutSackWhatTheRepairUncoversUndoesNothing() {
    TcpPeer peer = new TcpPeer(TcpConfig.builder().congestionControl(NewReno::new));
    peer.toSynReceived();
    peer.at(ms(100)).sends(ack(1).seq(101));
    TcpConnection c = peer.accepts();
    TcpPeer.writes(c, 0, 3 * 1460);
    assertThat(peer.takesAll()).hasSize(3);
    peer.at(ms(400));
    assertThat(peer.takesAll()).hasSize(1);
    peer.at(ms(500)).sends(ack(1 + 2 * 1460).seq(101)); // the second had arrived, the third not
    assertThat(c.info().undos()).isZero();
    assertThat(peer.takesAll()).extracting(s -> s.sequence()).containsExactly(1 + 2 * 1460);
    peer.at(ms(600)).sends(ack(1 + 3 * 1460).seq(101)).expectsNothing();
  }

  /** Proves: RFC 3522 3.2; RFC 4015 3.2 (the echo is older than the retransmission) */
  @Test
  void anEchoOfTheOriginalUndoesATimeout() {
    TcpPeer peer =
        new TcpPeer(
            TcpConfig.builder()
                .congestionControl(NewReno::new)
                .forwardRto(false)
                .tailLossProbe(false));
    peer.listens();
    peer.sends(syn().seq(100).mss(1012).sackOk().ts(1, 0)).expects(synAck(101).seq(0));
    peer.at(ms(100)).sends(ack(1).seq(101).ts(101, 0));
    TcpConnection c = peer.accepts();
    TcpPeer.writes(c, 0, 3000);
    assertThat(peer.takesAll()).hasSize(3);
    peer.at(ms(400));
    assertThat(peer.takesAll()).hasSize(1);
    peer.at(ms(410)).sends(ack(1001).seq(101).ts(411, 100));
    peer.expectsNothing();
    assertThat(c.info().undos()).isEqualTo(1);
    assertThat(c.info().congestionState()).isEqualTo(CongestionState.OPEN);
    assertThat(c.info().ssthresh()).isEqualTo(Integer.MAX_VALUE);
    peer.sends(ack(3001).seq(101).ts(412, 100)).expectsNothing();
  }

  /** Proves: RFC 2883 5; RFC 4015 3.2 (all that was sent again came twice) */
  @Test
  void duplicatesUndoARecovery() {
    LossRecoveryTrace trace = new LossRecoveryTrace();
    trace.writes(10).expects(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    trace.at(200).acks(0, 1, 4).expects(0);
    assertThat(trace.cwndSegments()).isLessThan(10);
    trace.at(210).acks(10).expects(); // the original came
    trace.at(300).acks(10, 0, 1).expects(); // and its copy
    isUndone(trace, 10);
  }

  /** Proves: RFC 2883 5 (one copy of two is not all) */
  @Test
  void notAllDuplicatesUndoNothing() {
    LossRecoveryTrace trace = new LossRecoveryTrace();
    trace.writes(10).expects(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    trace.at(200).acks(0, 2, 6);
    assertThat(trace.sent()).containsExactly(0);
    trace.acks(0, 2, 8);
    assertThat(trace.sent()).containsExactly(1);
    trace.at(300).acks(10).acks(10, 0, 1).expects();
    assertThat(trace.c.info().undos()).isZero();
    trace.acks(10, 1, 2).expects();
    assertThat(trace.c.info().undos()).isEqualTo(1);
  }
}

package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tail loss probes, RFC 8985 section 7. */
class TailLossProbeTraceTest {
  private final LossRecoveryTrace trace = new LossRecoveryTrace();

  @AfterEach
  void nothingElse() {
    trace.expects();
  }

  /** Proves: RFC 8985 7.2; RFC 8985 7.3 */
  @Test
  void theLastSegmentIsSentAgainAfterTwoRoundTrips() {
    trace.writes(5).expects(0, 1, 2, 3, 4);
    trace.at(200).acks(3).expects(); // 3 and 4 are lost
    trace.peer.at(TcpPeer.ms(402) - 1).expectsNothing();
    trace.at(402).expects(4);
    // The probe arrives: 3 left long before it and is lost.
    trace.at(502).acks(3, 4, 5).expects(3);
    trace.at(602).acks(5).expects();
    assertThat(trace.counters().timeouts()).isZero();
    assertThat(trace.counters().lossProbes()).isEqualTo(1);
  }

  /** Proves: RFC 8985 7.2 (the peer may delay the ACK of one segment; never beyond the RTO) */
  @Test
  void aSingleSegmentWaitsForADelayedAckOrTheTimeout() {
    trace.writes(1).expects(0);
    trace.at(399).expects();
    trace.at(400).expects(0); // the RTO of 300 ms comes before 2 SRTT + 200 ms
    assertThat(trace.counters().timeouts()).isZero();
    trace.at(700).expects(0); // only now it is a timeout
    assertThat(trace.counters().timeouts()).isEqualTo(1);
    trace.acks(1);
  }

  /** Proves: RFC 8985 7.3 (new data is the better probe) */
  @Test
  void newDataIsTheBetterProbe() {
    trace.writes(12).expects(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    trace.at(302).expects(10);
    trace.at(402).acks(11).expects(11);
    trace.at(502).acks(12).expects();
    assertThat(trace.counters().retransmittedSegments()).isZero();
  }

  /** Proves: RFC 8985 7.3; RFC 8985 8 (one probe, and only after it the RTO) */
  @Test
  void thereIsOneProbeAndThenTheTimeout() {
    trace.writes(2).expects(0, 1);
    trace.at(302).expects(1);
    trace.at(601).expects();
    trace.at(602).expects(0);
    assertThat(trace.counters().timeouts()).isEqualTo(1);
    trace.acks(2);
  }

  /** Proves: RFC 8985 7.4 (a loss that the probe repaired is congestion) */
  @Test
  void aLossThatTheProbeRepairedReducesTheWindow() {
    trace.writes(10).expects(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    trace.at(200).acks(9).expects();
    int before = trace.cwndSegments();
    trace.at(500).expects(9);
    trace.at(600).acks(10).expects();
    trace.writes(1).expects(10);
    trace.at(700).acks(11).expects();
    assertThat(trace.cwndSegments()).isLessThan(before);
  }

  /** Proves: RFC 8985 7.4 (nothing was lost, as the duplicate's D-SACK or bare ACK tells) */
  @Test
  void aProbeThatWasNotNeededReducesNothing() {
    trace.writes(10).expects(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    trace.at(200).acks(9).expects();
    int before = trace.cwndSegments();
    trace.at(500).expects(9);
    trace.at(510).acks(10).expects(); // for the original
    trace.at(600).acks(10, 9, 10).expects(); // the probe came, too
    trace.writes(1).expects(10);
    trace.at(700).acks(11).expects();
    assertThat(trace.cwndSegments()).isGreaterThanOrEqualTo(before);
  }

  /** Proves: RFC 8985 7.4 */
  @Test
  void aBareDuplicateEndsTheEpisode() {
    trace.writes(10).expects(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    trace.at(200).acks(9).expects();
    int before = trace.cwndSegments();
    trace.at(500).expects(9);
    trace.at(510).acks(10).acks(10).expects();
    trace.writes(1).expects(10);
    trace.at(700).acks(11).expects();
    assertThat(trace.cwndSegments()).isGreaterThanOrEqualTo(before);
  }

  /** Proves: RFC 8985 7.2 (each ACK puts the probe off) */
  @Test
  void progressPutsTheProbeOff() {
    trace.writes(4).expects(0, 1, 2, 3);
    trace.at(200).acks(1).at(290).acks(2);
    trace.at(480).expects();
    trace.acks(4).at(2000).expects();
  }
}

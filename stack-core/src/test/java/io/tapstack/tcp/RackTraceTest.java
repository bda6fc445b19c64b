package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpInfo.CongestionState;
import org.junit.jupiter.api.Test;

/** Loss detection by time, RFC 8985 section 6, and what SACK tells (RFC 2018). */
class RackTraceTest {
  private final LossRecoveryTrace trace = new LossRecoveryTrace();

  private LossRecoveryTrace tenInFlight() {
    return trace.writes(10).expects(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  /** Proves: RFC 8985 6.2; RFC 6675 5 */
  @Test
  void withThreeBeyondAHoleThereIsNoWindowForReordering() {
    tenInFlight();
    trace.at(200).acks(0, 1, 2).expects();
    trace.acks(0, 1, 3).expects();
    trace.acks(0, 1, 4).expects(0);
    assertThat(trace.c.info().congestionState()).isEqualTo(CongestionState.RECOVERY);
    assertThat(trace.c.info().ssthresh()).isEqualTo(5 * LossRecoveryTrace.MSS);
    assertThat(trace.counters().fastRetransmits()).isEqualTo(1);
    trace.acks(10).expects();
    assertThat(trace.c.info().congestionState()).isEqualTo(CongestionState.OPEN);
    assertThat(trace.cwndSegments()).isEqualTo(5);
  }

  /** Proves: RFC 8985 6.2 */
  @Test
  void withOneBeyondAHoleItIsLostAQuarterOfARoundTripLater() {
    tenInFlight();
    trace.at(200).acks(0, 1, 2).expects();
    trace.peer.at(TcpPeer.ms(225) - 1).expectsNothing();
    trace.at(225).expects(0);
    trace.at(325).acks(10).expects();
  }

  /** Proves: RFC 8985 6.2 */
  @Test
  void whatArrivesLateButWithinTheWindowIsNotLost() {
    tenInFlight();
    trace.at(200).acks(0, 1, 2).expects();
    trace.at(220).acks(10).expects();
    assertThat(trace.counters().fastRetransmits()).isZero();
    assertThat(trace.c.info().reordering()).isTrue();
    trace.at(900).expects();
  }

  /** Proves: RFC 8985 6.2 (once reordering was seen, three beyond a hole do not end the wait) */
  @Test
  void reorderingThatWasSeenOnceIsWaitedFor() {
    tenInFlight();
    trace.at(200).acks(0, 1, 2).at(210).acks(10).expects();
    trace.writes(10).expects(10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
    trace.at(310).acks(10, 11, 16).expects();
    trace.at(320).acks(10, 11, 20).expects();
    trace.at(330).acks(20).expects();
    assertThat(trace.counters().fastRetransmits()).isZero();
  }

  /** Proves: RFC 8985 6.2 (also if the segment was sent again before it arrived) */
  @Test
  void whatWasFoundLostAndArrivesIsReordering() {
    tenInFlight();
    trace.at(200).acks(0, 1, 4).expects(0);
    trace.at(210).acks(10).expects();
    assertThat(trace.c.info().reordering()).as("it may be what was sent again").isFalse();
    trace.at(300).acks(10, 0, 1).expects(); // but that came second
    assertThat(trace.c.info().reordering()).isTrue();
    assertThat(trace.c.info().undos()).isEqualTo(1);
    trace.writes(10).expects(10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
    trace.at(400).acks(10, 11, 20).expects();
    trace.at(440).acks(20).expects();
    assertThat(trace.counters().fastRetransmits()).isEqualTo(1);
  }

  /** Proves: RFC 8985 6.2 (a timeout that was too early says nothing of order) */
  @Test
  void aTimeoutThatWasTooEarlyIsNoReordering() {
    LossRecoveryTrace trace = new LossRecoveryTrace(TcpConfig.builder().tailLossProbe(false));
    trace.writes(1).expects(0);
    trace.at(400).expects(0);
    trace.at(500).acks(1).expects();
    trace.at(510).acks(1, 0, 1).expects();
    assertThat(trace.c.info().undos()).isEqualTo(1);
    assertThat(trace.c.info().reordering()).isFalse();
  }

  /** Proves: RFC 8985 6.2; RFC 6937 3.1; RFC 2018 5 (what the peer holds is not sent again) */
  @Test
  void severalLossesAreRepairedInOneRoundTrip() {
    tenInFlight();
    // Segments 0, 2 and 4 are lost; 1, 3 and 5 to 9 arrive.
    trace.at(200).acks(0, 1, 2).acks(0, 3, 4, 1, 2).expects();
    trace.acks(0, 5, 6, 3, 4, 1, 2).expects(0);
    // In flight: 0 again, 6 to 9. Each that arrives lets out one, with ssthresh at five.
    trace.acks(0, 5, 7, 3, 4, 1, 2).expects(2);
    trace.acks(0, 5, 8, 3, 4, 1, 2).expects(4);
    trace.acks(0, 5, 10, 3, 4, 1, 2).expects();
    trace.at(300).acks(10).expects();
    assertThat(trace.counters().retransmittedSegments()).isEqualTo(3);
    assertThat(trace.counters().timeouts()).isZero();
  }

  /** Proves: RFC 8985 6.1; RFC 8985 6.2 (a lost retransmission is found as any other segment) */
  @Test
  void aLostRetransmissionIsFoundWithoutATimeout() {
    tenInFlight();
    trace.writes(10).expects();
    trace.at(200).acks(0, 1, 4);
    assertThat(trace.sent()).containsExactly(0);
    trace.acks(0, 1, 10);
    int last = trace.sent().get(0);
    assertThat(last).as("new data goes out meanwhile").isGreaterThanOrEqualTo(10);
    // What left after the retransmission arrives, the retransmission does not.
    trace.at(300).acks(0, 10, 11, 1, 10);
    assertThat(trace.sent()).contains(0);
    assertThat(trace.counters().timeouts()).isZero();
    trace.at(400).acks(20);
    trace.peer.takesAll();
  }

  /** Proves: RFC 3042 2; RFC 6675 4 (new data for each segment that has left the network) */
  @Test
  void newDataFollowsWhatHasLeft() {
    tenInFlight();
    trace.writes(2).expects();
    trace.at(200).acks(0, 1, 2).expects(10);
    trace.acks(0, 1, 3).expects(11);
    trace.acks(12).expects();
  }

  /** Proves: RFC 2883 4.1 (a duplicate that was reported is no duplicate ACK) */
  @Test
  void aReportOfADuplicateIsNoSignOfLoss() {
    tenInFlight();
    trace.at(200).acks(5).expects();
    for (int i = 0; i < 5; i++) {
      trace.acks(5, 1, 2).expects();
    }
    assertThat(trace.c.info().dsackDuplicates()).isEqualTo(5);
    trace.acks(10);
  }

  /** Proves: RFC 8985 6.2 (each D-SACK round widens the window, for sixteen recoveries) */
  @Test
  void duplicatesWidenTheWindow() {
    tenInFlight();
    trace.at(200).acks(0, 1, 2).at(225).expects(0);
    trace.at(230).acks(10).expects(); // the original came after all: reordering
    trace.acks(10, 0, 1).expects(); // and its copy
    trace.writes(10).expects(10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
    trace.at(330).acks(10, 11, 12).expects();
    trace.at(355).expects(); // a quarter would be over
    trace.at(380).expects(10);
    trace.acks(20).expects();
  }

  /** Proves: RFC 2018 8 */
  @Test
  void whatThePeerThrowsAwayAgainIsSentAgain() {
    tenInFlight();
    trace.at(200).acks(0, 1, 3).expects();
    trace.acks(1).expects(); // it had said that it holds 1
    trace.at(249).expects();
    trace.at(250).expects(1);
    assertThat(trace.counters().sackReneging()).isEqualTo(1);
    trace.at(350).acks(10).expects();
  }

  /** Proves: attack 59 */
  @Test
  void blocksThatCannotBeTrueAreIgnored() {
    tenInFlight();
    for (int i = 0; i < 5; i++) {
      trace.at(200).acks(0, 11 + i, 30).expects();
      trace.acks(0, 5, 4).expects();
    }
    assertThat(trace.c.info().sacked()).isZero();
    trace.acks(10).expects();
  }

  /** Proves: RFC 6675 4 (without RACK, what has three segments received above it is lost) */
  @Test
  void withoutRackLossesAreCounted() {
    LossRecoveryTrace counting = new LossRecoveryTrace(TcpConfig.builder().rack(false));
    counting.writes(10).expects(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    counting.at(200).acks(0, 1, 2).acks(0, 1, 3).expects();
    counting.acks(0, 1, 4).expects(0);
    counting.acks(0, 5, 6, 1, 4).acks(0, 5, 8, 1, 4).expects(4);
    counting.at(300).acks(10).expects();
  }

  /** Proves: RFC 8985 6.3; RFC 8985 5.2 (lost are the first, and what left long enough ago) */
  @Test
  void aTimeoutLeavesAloneWhatLeftLately() {
    LossRecoveryTrace plain = new LossRecoveryTrace(TcpConfig.builder().tailLossProbe(false));
    plain.writes(5).expects(0, 1, 2, 3, 4);
    plain.at(399).writes(2).expects(5, 6);
    plain.at(400).expects(0);
    assertThat(plain.c.info().lost()).isEqualTo(5 * LossRecoveryTrace.MSS);
    assertThat(plain.c.info().inFlight()).isEqualTo(3 * LossRecoveryTrace.MSS);
    plain.at(500).acks(7).expects();
  }

  /** Proves: RFC 6675 5.1 (what the peer holds is not sent again after a timeout) */
  @Test
  void afterATimeoutWhatThePeerHoldsIsSkipped() {
    LossRecoveryTrace plain =
        new LossRecoveryTrace(TcpConfig.builder().tailLossProbe(false).forwardRto(false));
    plain.writes(10).expects(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    plain.at(400).expects(0);
    plain.at(500).acks(1, 2, 9).expects(1, 9);
    plain.at(600).acks(10).expects();
  }
}

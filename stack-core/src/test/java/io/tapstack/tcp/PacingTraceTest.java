package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** When segments leave if they are spread over the round trip of 100 ms. */
class PacingTraceTest {
  private static LossRecoveryTrace paced() {
    return new LossRecoveryTrace(TcpConfig.builder().pacing(true));
  }

  @Test
  void anInitialWindowLeavesInHalfARoundTrip() {
    LossRecoveryTrace trace = paced().writes(20);
    // Twice 10 segments in 100 ms: 5 ms each, two at a time.
    trace.expects(0, 1);
    trace.peer.at(TcpPeer.ms(110) - 1).expectsNothing();
    trace.at(110).expects(2, 3);
    trace.at(120).expects(4, 5);
    trace.at(130).expects(6, 7);
    trace.at(140).expects(8, 9);
    assertThat(trace.c.info().pacingRate()).isEqualTo(200_000);
    trace.at(199).expects();
    trace.at(200).acks(2).expects(10, 11);
    trace.at(210).acks(4);
    assertThat(trace.sent()).startsWith(12, 13);
  }

  @Test
  void withoutPacingItLeavesAtOnce() {
    LossRecoveryTrace trace = new LossRecoveryTrace().writes(10);
    trace.expects(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(trace.c.info().pacingRate()).isZero();
  }

  @Test
  void retransmissionsArePacedWithTheRest() {
    LossRecoveryTrace trace = paced().writes(10);
    trace.at(160).sent();
    trace.at(260).acks(0, 6, 10);
    assertThat(trace.sent()).hasSizeBetween(1, 2).startsWith(0);
    trace.at(340);
    assertThat(trace.sent()).isNotEmpty().startsWith(2);
  }

  @Test
  void theTimeoutWaitsForNoPacer() {
    LossRecoveryTrace trace = paced();
    trace.c.maxPacingRate(1000);
    trace.writes(1).expects(0);
    trace.at(400).sent();
    trace.at(700).sent();
    assertThat(trace.counters().timeouts()).isPositive();
    assertThat(trace.c.info().totalRetransmissions()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void theApplicationLimitsTheRate() {
    LossRecoveryTrace trace = new LossRecoveryTrace();
    trace.c.maxPacingRate(10_000); // a segment in 100 ms
    trace.writes(6).expects(0, 1);
    trace.at(299).expects();
    trace.at(300).acks(2).expects(2, 3);
    assertThat(trace.c.info().pacingRate()).isEqualTo(10_000);
    trace.c.maxPacingRate(Long.MAX_VALUE);
    trace.expects(4, 5);
  }

  @Test
  void aRateIsPositive() {
    LossRecoveryTrace trace = new LossRecoveryTrace();
    assertThatThrownBy(() -> trace.c.maxPacingRate(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 byte per second or more");
  }

  @Test
  void heldBackDataIsNotProbedLikeAShutWindow() {
    LossRecoveryTrace trace = new LossRecoveryTrace();
    trace.c.maxPacingRate(1000);
    trace.writes(4).expects(0, 1);
    trace.at(200).acks(2).expects(); // two more wait for the pacer, and nothing is outstanding
    assertThat(trace.c.timers.isSet(TcpTimers.PERSIST)).isFalse();
    trace.at(2100).expects(2, 3);
    assertThat(trace.counters().zeroWindowProbes()).isZero();
  }
}

package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.LossRecovery.Verdict;
import org.junit.jupiter.api.Test;

/** RFC 5681 section 3.2 and RFC 6582 section 3.2, step by step, in segments of 1000 bytes. */
class FastRecoveryTest {
  private static final int MSS = 1000;
  private final NewReno reno = new NewReno();
  private final FastRecovery recovery = new FastRecovery(reno, 0);

  FastRecoveryTest() {
    reno.established(MSS, 10 * MSS, 0);
  }

  @Test
  void theThirdDuplicateIsALoss() {
    int una = 1;
    int max = 1 + 10 * MSS;
    assertThat(recovery.duplicateAck(una, max, MSS)).isEqualTo(Verdict.NOTHING);
    assertThat(recovery.window()).as("limited transmit").isEqualTo(11 * MSS);
    assertThat(recovery.duplicateAck(una, max, MSS)).isEqualTo(Verdict.NOTHING);
    assertThat(recovery.window()).isEqualTo(12 * MSS);
    assertThat(recovery.duplicateAck(una, max, MSS)).isEqualTo(Verdict.RETRANSMIT);
    assertThat(reno.ssthresh()).isEqualTo(5 * MSS);
    assertThat(recovery.window()).isEqualTo(8 * MSS);
    assertThat(recovery.duplicateAck(una, max, MSS)).isEqualTo(Verdict.NOTHING);
    assertThat(recovery.window()).isEqualTo(9 * MSS);
  }

  @Test
  void aPartialAckRetransmitsTheNextHoleAndDeflates() {
    int max = 1 + 10 * MSS;
    threeDuplicates(1, max);
    assertThat(recovery.newAck(1 + 2 * MSS, 2 * MSS, 10 * MSS, MSS)).isEqualTo(Verdict.RETRANSMIT);
    assertThat(recovery.window()).isEqualTo(5 * MSS + 3 * MSS - 2 * MSS + MSS);
    assertThat(recovery.isRecovering()).isTrue();
  }

  @Test
  void aFullAckEndsRecovery() {
    int max = 1 + 10 * MSS;
    threeDuplicates(1, max);
    assertThat(recovery.newAck(max, 10 * MSS, 10 * MSS, MSS)).isEqualTo(Verdict.NOTHING);
    assertThat(recovery.isRecovering()).isFalse();
    assertThat(recovery.window()).isEqualTo(5 * MSS);
  }

  @Test
  void duplicatesOfWhatWasSentBeforeATimeoutDoNotCount() {
    recovery.timedOut(1 + 10 * MSS);
    threeDuplicates(1 + 5 * MSS, 1 + 12 * MSS);
    assertThat(recovery.isRecovering()).isFalse();
  }

  @Test
  void slowStartGrowsByWhatIsAcknowledgedButNotMoreThanTwoSegments() {
    recovery.newAck(1 + MSS, MSS, 10 * MSS, MSS);
    assertThat(reno.cwnd()).isEqualTo(11 * MSS);
    recovery.newAck(1 + 9 * MSS, 8 * MSS, 11 * MSS, MSS);
    assertThat(reno.cwnd()).isEqualTo(13 * MSS);
  }

  @Test
  void congestionAvoidanceGrowsOneSegmentPerWindow() {
    threeDuplicates(1, 1 + 20 * MSS);
    recovery.newAck(1 + 20 * MSS, 20 * MSS, 20 * MSS, MSS);
    for (int i = 0; i < 20; i++) {
      acked(); // back to slow start's end
    }
    assertThat(reno.cwnd()).isGreaterThanOrEqualTo(reno.ssthresh());
    int start = reno.cwnd();
    for (int acked = 0; acked < start; acked += MSS) {
      acked();
    }
    assertThat(reno.cwnd()).isEqualTo(start + MSS);
  }

  private void threeDuplicates(int una, int max) {
    for (int i = 0; i < 3; i++) {
      recovery.duplicateAck(una, max, MSS);
    }
  }

  private void acked() {
    AckSample sample = new AckSample();
    sample.acked = MSS;
    sample.cwndLimited = true;
    reno.acked(sample);
  }
}

package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The examples of RFC 6937 section 3.1, in segments. */
class ProportionalRateReductionTest {
  private final ProportionalRateReduction prr = new ProportionalRateReduction();

  /** One ACK delivers a segment; how many are sent then. */
  private int ack(int[] inFlight, boolean safe) {
    inFlight[0]--;
    prr.acked(1, inFlight[0], safe, 1);
    int sent = Math.max(prr.cwnd() - inFlight[0], 0);
    prr.sent(sent);
    inFlight[0] += sent;
    return sent;
  }

  /** Proves: RFC 6937 3.1 (every second ACK lets out a segment while the window is halved) */
  @Test
  void halvesOverARoundTrip() {
    int[] inFlight = {18};
    prr.begin(10, 20, inFlight[0]);
    StringBuilder sent = new StringBuilder();
    for (int i = 0; i < 16; i++) {
      sent.append(ack(inFlight, false));
    }
    assertThat(sent.toString()).isEqualTo("1010101010101001");
    assertThat(inFlight[0]).isEqualTo(10);
  }

  /**
   * Proves: RFC 6937 3.1 (below ssthresh, what is delivered is sent, and one more if it is safe)
   */
  @Test
  void growsBackToTheThresholdWhenMuchWasLost() {
    int[] inFlight = {4};
    prr.begin(10, 20, inFlight[0]);
    assertThat(ack(inFlight, false)).isEqualTo(1);
    assertThat(ack(inFlight, false)).isEqualTo(1);
    assertThat(ack(inFlight, true)).isEqualTo(2);
    assertThat(ack(inFlight, true)).isEqualTo(2);
    while (inFlight[0] < 10) {
      assertThat(ack(inFlight, true)).isBetween(1, 2);
    }
    assertThat(ack(inFlight, true)).isEqualTo(1);
    assertThat(inFlight[0]).isEqualTo(10);
  }

  /** Proves: RFC 6937 3 (the fast retransmit is never held back) */
  @Test
  void theFirstSegmentIsAlwaysSent() {
    prr.begin(1, 100, 50);
    prr.acked(0, 50, false, 1);
    assertThat(prr.cwnd()).isEqualTo(51);
  }
}

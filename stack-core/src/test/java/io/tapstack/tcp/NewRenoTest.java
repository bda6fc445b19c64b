package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** NewReno's windows, RFC 5681 section 3.1, in segments of 1000 bytes. */
class NewRenoTest {
  private static final int MSS = 1000;

  private final NewReno reno = new NewReno();
  private final AckSample sample = new AckSample();

  private int segmentsAfter(int acknowledged) {
    sample.acked = acknowledged * MSS;
    sample.priorDelivered = -1;
    reno.acked(sample);
    return reno.cwnd() / MSS;
  }

  private void halvedFrom(int segments) {
    reno.established(MSS, 10 * MSS, 0);
    reno.resumed(segments * MSS, Integer.MAX_VALUE, 0);
    reno.congested(CongestionControl.Cause.LOSS, segments * MSS, 0);
    reno.recovered(segments / 2 * MSS, 0);
    assertThat(reno.ssthresh()).isEqualTo(segments * MSS / 2);
  }

  /** Proves: RFC 5681 3.1 */
  @Test
  void theWindowGrowsByOneSegmentForEachWindow() {
    halvedFrom(12);
    assertThat(segmentsAfter(5)).isEqualTo(6);
    assertThat(segmentsAfter(1)).isEqualTo(7);
    assertThat(segmentsAfter(6)).isEqualTo(7);
    assertThat(segmentsAfter(1)).isEqualTo(8);
  }

  /** Proves: RFC 5681 3.1 (half a segment cannot be sent, and is not forgotten) */
  @Test
  void halfOfAnOddWindowIsHalfTheWayToTheNextSegment() {
    halvedFrom(13);
    assertThat(segmentsAfter(2)).isEqualTo(6);
    assertThat(segmentsAfter(1)).isEqualTo(7);
    assertThat(segmentsAfter(6)).isEqualTo(7);
    assertThat(segmentsAfter(1)).as("what can be used of 7.5 is 7").isEqualTo(8);
  }
}

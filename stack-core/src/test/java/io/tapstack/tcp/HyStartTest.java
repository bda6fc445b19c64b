package io.tapstack.tcp;

import static io.tapstack.tcp.Samples.MSS;
import static io.tapstack.tcp.Samples.ms;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Slow start that ends before the queue is full: RFC 9406. */
class HyStartTest {
  private final Samples path = new Samples(new Cubic());

  private boolean isOver() {
    return path.algorithm().ssthresh() != Integer.MAX_VALUE;
  }

  // Proves: RFC 9406 4.2
  @Test
  void doublesWhileRoundTripsStayAsTheyAre() {
    path.rounds(4);
    assertThat(path.segments()).isEqualTo(160);
    assertThat(isOver()).isFalse();
  }

  // Proves: RFC 9406 4.2; RFC 9406 4.3
  @Test
  void aLongerRoundTripSlowsItAndFiveEndIt() {
    path.rounds(3);
    path.rtt = ms(113); // an eighth more than 100 ms
    path.round(); // eight samples into this one, growth falls to a quarter
    int before = path.segments();
    assertThat(before).isBetween(80 + 20, 80 + 40);
    for (int round = 2; round <= 5; round++) {
      path.round();
      assertThat(path.segments()).isBetween(before * 5 / 4 - 1, before * 5 / 4 + 1);
      before = path.segments();
      assertThat(isOver()).as("in CSS round %d", round).isFalse();
    }
    path.round();
    assertThat(isOver()).isTrue();
    assertThat(path.algorithm().ssthresh() / MSS).isEqualTo(before);
    assertThat(path.segments()).isLessThanOrEqualTo(before + 1);
  }

  // Proves: RFC 9406 4.2
  @Test
  void jitterIsForgiven() {
    path.rounds(3);
    path.rtt = ms(120);
    path.rounds(2);
    path.rtt = ms(105); // below the baseline that made it careful
    path.round();
    int before = path.segments();
    path.rounds(1);
    assertThat(path.segments()).isEqualTo(2 * before);
    assertThat(isOver()).isFalse();
  }

  // Proves: RFC 9406 4.3
  @Test
  void theThresholdIsBetweenFourAndSixteenMilliseconds() {
    assertThat(becomesCareful(ms(8), ms(11))).isFalse();
    assertThat(becomesCareful(ms(8), ms(12))).isTrue(); // not an eighth, but 4 ms
    assertThat(becomesCareful(ms(80), ms(89))).isFalse();
    assertThat(becomesCareful(ms(80), ms(90))).isTrue(); // an eighth
    assertThat(becomesCareful(ms(800), ms(815))).isFalse();
    assertThat(becomesCareful(ms(800), ms(816))).isTrue(); // not an eighth, but 16 ms
  }

  private static boolean becomesCareful(long before, long after) {
    Samples path = new Samples(new Cubic());
    path.rtt = before;
    path.rounds(3);
    path.rtt = after;
    path.round();
    int segments = path.segments();
    path.round();
    return path.segments() < 2 * segments;
  }

  // Proves: RFC 9406 4.2
  @Test
  void sevenSamplesSayNothing() {
    HyStart hyStart = new HyStart();
    AckSample sample = new AckSample();
    for (int round = 1; round <= 2; round++) {
      sample.priorDelivered = sample.totalDelivered;
      sample.totalDelivered += 10_000;
      for (int i = 0; i < (round == 1 ? 10 : 7); i++) {
        sample.rtt = round == 1 ? ms(100) : ms(200);
        hyStart.acked(sample);
        sample.priorDelivered = sample.totalDelivered - 1;
      }
    }
    assertThat(hyStart.isConservative()).isFalse();
    hyStart.acked(sample);
    assertThat(hyStart.isConservative()).isTrue();
  }

  // Proves: RFC 9406 4.2; RFC 9406 4.3
  @Test
  void anAckAddsAtMostEightSegmentsUnlessTheyArePaced() {
    path.rounds(4);
    int before = path.segments();
    path.acks(100 * MSS);
    assertThat(path.segments()).isEqualTo(before + 8);
    path.paced = true;
    path.acks(100 * MSS);
    assertThat(path.segments()).isEqualTo(before + 108);
  }

  // Proves: RFC 9406 4.2
  @Test
  void laterSlowStartsDoWithoutIt() {
    path.rounds(3);
    path.algorithm().timedOut(80 * MSS, true, path.now);
    int threshold = path.algorithm().ssthresh();
    for (int i = 0; i < 4; i++) {
      path.rtt += ms(50);
      path.round();
    }
    assertThat(path.segments()).isEqualTo(16);
    assertThat(path.algorithm().ssthresh()).isEqualTo(threshold);
  }
}

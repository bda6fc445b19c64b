package io.tapstack.tcp;

import static io.tapstack.tcp.Samples.MSS;
import static io.tapstack.tcp.Samples.ms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The window of CUBIC against what RFC 9438 says of it, ACK by ACK. */
class CubicTest {
  private static final double C = 0.4;

  private final Samples path = new Samples(new Cubic());

  /** In congestion avoidance, with a window of so many segments. */
  private Samples avoids(int segments) {
    path.algorithm().resumed(segments * MSS, segments * MSS, path.now);
    return path;
  }

  private double window() {
    return (double) path.algorithm().cwnd() / MSS;
  }

  /** W_cubic(t), figure 1. */
  private static double cubic(double seconds, double wMax, double begin) {
    double k = Math.cbrt((wMax - begin) / C);
    return C * Math.pow(seconds - k, 3) + wMax;
  }

  // Proves: RFC 9438 4.2; RFC 9438 4.4; RFC 9438 4.5
  @Test
  void followsTheCurveBelowAndAboveTheLastMaximum() {
    avoids(100).loses();
    assertThat(window()).isEqualTo(70);
    double k = Math.cbrt(30 / C); // 4.2 s
    path.acks(MSS); // the epoch begins
    long begin = path.now;
    double before = 70;
    double slope = Double.MAX_VALUE;
    while (path.now < begin + ms(4200)) {
      path.round();
      // What is sent now is acknowledged a round trip later: the curve is looked up there.
      double t = (path.now - begin) / 1e9;
      assertThat(window()).isBetween(cubic(t, 100, 70) - 1.5, cubic(t + 0.1, 100, 70) + 0.1);
      double growth = window() - before;
      assertThat(growth).as("concave at %.1f s", t).isLessThanOrEqualTo(slope + 0.2);
      slope = growth;
      before = window();
    }
    assertThat((path.now - begin) / 1e9).isCloseTo(k, within(0.1));
    assertThat(window()).isCloseTo(100, within(0.5));
    slope = 0;
    while (path.now < begin + ms(9000)) {
      path.round();
      double growth = window() - before;
      assertThat(growth).as("convex").isGreaterThanOrEqualTo(slope - 0.2);
      slope = growth;
      before = window();
    }
    assertThat(window()).isCloseTo(cubic(9, 100, 70), within(4.0));
  }

  // Proves: RFC 9438 4.2
  @Test
  void neverGrowsByMoreThanHalfInARoundTrip() {
    path.rtt = ms(4000); // so long that the curve asks for far more
    avoids(10).loses();
    for (int i = 0; i < 20; i++) {
      int before = path.algorithm().cwnd();
      path.round();
      // Each ACK adds at most half of itself.
      assertThat(path.algorithm().cwnd()).isBetween(before, before + before / 2 + MSS);
    }
    assertThat(path.segments()).isGreaterThan(1000);
  }

  // Proves: RFC 9438 4.3
  @Test
  void isNeverSlowerThanReno() {
    path.rtt = ms(10);
    avoids(20).loses();
    double alpha = 3 * (1 - 0.7) / (1 + 0.7);
    path.rounds(10);
    assertThat(window()).isCloseTo(14 + 10 * alpha, within(0.3));
    while (window() < 20) {
      path.round();
    }
    // As large as before the loss: from now on a segment in each round trip.
    double before = window();
    path.rounds(10);
    assertThat(window()).isCloseTo(before + 10, within(0.7));
  }

  // Proves: RFC 9438 4.6
  @Test
  void aLossLeavesSevenTenths() {
    avoids(100);
    path.algorithm().congested(CongestionControl.Cause.LOSS, 90 * MSS, path.now);
    // Of what was in flight; and a byte less, because a double has no 0.7.
    assertThat(path.algorithm().ssthresh()).isEqualTo(63 * MSS - 1);
    assertThat(path.algorithm().cwnd()).isEqualTo(63 * MSS - 1);
  }

  // Proves: RFC 9438 4.6
  @Test
  void noLossLeavesLessThanTwoSegments() {
    avoids(2).loses();
    assertThat(path.algorithm().ssthresh()).isEqualTo(2 * MSS);
    assertThat(path.algorithm().cwnd()).isEqualTo(2 * MSS);
  }

  // Proves: RFC 8511 3; RFC 9438 4.6
  @Test
  void aMarkLeavesMore() {
    avoids(100).meets(CongestionControl.Cause.ECN);
    assertThat(path.algorithm().cwnd()).isEqualTo(85 * MSS);
    assertThat(path.algorithm().ssthresh()).isEqualTo(85 * MSS);
    path.loses(); // and the next loss is answered as ever
    assertThat(path.algorithm().cwnd()).isBetween(59_499, 59_500);
  }

  // Proves: RFC 9438 4.7
  @Test
  void whoLosesBeforeItIsBackMakesRoom() {
    avoids(100).loses();
    while (window() < 80) {
      path.acks(MSS).after(ms(1));
    }
    path.loses();
    double begin = window();
    assertThat(begin).isCloseTo(56, within(0.1));
    path.acks(MSS);
    // W_max is 80 * (1 + 0.7) / 2 and not 80: the curve is flat there.
    long k = (long) (Math.cbrt((68 - begin) / C) * 1e9);
    long start = path.now;
    while (path.now < start + k) {
      path.round();
    }
    assertThat(window()).isBetween(67.0, 73.0);
  }

  // Proves: RFC 9438 4.8
  @Test
  void aTimeoutLeavesOneSegmentAndACurveFromWhereAvoidanceBegins() {
    avoids(100);
    path.algorithm().timedOut(100 * MSS, true, path.now);
    assertThat(path.algorithm().cwnd()).isEqualTo(MSS);
    assertThat(path.algorithm().ssthresh()).isEqualTo(70 * MSS);
    path.algorithm().timedOut(MSS, false, path.now); // the same segment again
    assertThat(path.algorithm().ssthresh()).isEqualTo(70 * MSS);
    while (path.segments() < 70) {
      int before = path.segments();
      path.round();
      assertThat(path.segments()).isLessThanOrEqualTo(2 * before + 1);
    }
    long start = path.now;
    double begin = window();
    while (path.now < start + ms(1900)) {
      path.round();
    }
    // K = 0 and W_max = 70: after 2 s 3 segments by the curve, and 10 by Reno's line.
    assertThat(window()).isBetween(begin + 8, begin + 12);
  }

  // Proves: RFC 9438 4.9
  @Test
  void aSpuriousLossChangesNothing() {
    avoids(100).loses();
    path.rounds(30);
    Samples twin = new Samples(new Cubic());
    twin.algorithm().resumed(100 * MSS, 100 * MSS, twin.now);
    twin.loses().rounds(30);
    int before = path.algorithm().cwnd();
    int threshold = path.algorithm().ssthresh();
    path.algorithm().congested(CongestionControl.Cause.LOSS, before, path.now);
    assertThat(path.algorithm().cwnd()).isLessThan(before);
    path.algorithm().undo(path.now);
    assertThat(path.algorithm().cwnd()).isEqualTo(before);
    assertThat(path.algorithm().ssthresh()).isEqualTo(threshold);
    path.rounds(40);
    twin.rounds(40);
    // W_max, K and the epoch are what they were.
    assertThat(window()).isCloseTo((double) twin.algorithm().cwnd() / MSS, within(0.5));
  }

  // Proves: RFC 9438 4.9
  @Test
  void aSpuriousTimeoutChangesNothing() {
    avoids(100).loses();
    path.rounds(30);
    int before = path.algorithm().cwnd();
    path.algorithm().timedOut(before, true, path.now);
    path.after(ms(300));
    path.algorithm().undo(path.now);
    assertThat(path.algorithm().cwnd()).isEqualTo(before);
    assertThat(path.algorithm().ssthresh()).isEqualTo(70 * MSS);
    path.algorithm().undo(path.now); // and there is nothing more to undo
    assertThat(path.algorithm().cwnd()).isEqualTo(before);
  }

  // Proves: RFC 9438 4.10
  @Test
  void slowStartThatEndsWithoutALossBeginsACurveThere() {
    path.rounds(3);
    assertThat(path.segments()).isEqualTo(80);
    path.rtt = ms(120);
    for (int i = 0; i < 10 && path.algorithm().ssthresh() == Integer.MAX_VALUE; i++) {
      path.round();
    }
    int threshold = path.algorithm().ssthresh();
    assertThat(threshold).isLessThan(Integer.MAX_VALUE);
    double begin = window();
    path.rounds(5);
    assertThat(window()).isBetween(begin + 2, begin + 6); // flat: Reno's line leads
  }

  // Proves: RFC 9438 5.8; RFC 9438 4.2
  @Test
  void whatTheApplicationDoesNotUseNeitherGrowsNorAges() {
    avoids(100).loses();
    path.rounds(10);
    int before = path.algorithm().cwnd();
    path.cwndLimited = false;
    for (int i = 0; i < 600; i++) {
      path.after(ms(100)).acks(MSS); // a minute, in which the curve would rise by thousands
    }
    assertThat(path.algorithm().cwnd()).isEqualTo(before);
    path.cwndLimited = true;
    path.round();
    assertThat(path.algorithm().cwnd()).isBetween(before, before + 5 * MSS);
  }

  // Proves: RFC 9438 4.2
  @Test
  void idlenessIsNoTimeOfTheCurve() {
    avoids(100).loses();
    path.rounds(10);
    int before = path.algorithm().cwnd();
    path.after(ms(400));
    path.algorithm().restarted(ms(400), ms(399), path.now);
    assertThat(path.algorithm().cwnd()).isEqualTo(before / 2);
    assertThat(path.algorithm().ssthresh()).isEqualTo(70 * MSS);
    path.round();
    path.rounds(3);
    assertThat(path.algorithm().cwnd()).isLessThan(before);
  }

  // Proves: RFC 9438 4.10
  @Test
  void aMinuteOfIdlenessLeavesTheInitialWindow() {
    avoids(100).after(ms(60_000));
    path.algorithm().restarted(ms(60_000), ms(300), path.now);
    assertThat(path.segments()).isEqualTo(10);
    assertThat(path.algorithm().ssthresh()).isEqualTo(100 * MSS);
  }

  @Test
  void recoveryGrowsNoWindow() {
    avoids(100);
    path.algorithm().congested(CongestionControl.Cause.LOSS, 100 * MSS, path.now);
    path.recovering = true;
    path.rounds(2);
    assertThat(path.segments()).isEqualTo(70);
  }
}

package io.tapstack.tcp;

import static io.tapstack.tcp.Samples.MSS;
import static io.tapstack.tcp.Samples.ms;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What no sequence of events may make of any window. */
class CongestionControlProperties {
  private static final int LARGEST = 1 << 30;

  @Provide
  Arbitrary<String> algorithms() {
    return Arbitraries.of(CongestionControls.names());
  }

  /** CUBIC and Reno, which have a threshold. */
  @Provide
  Arbitrary<String> withThreshold() {
    return Arbitraries.of("cubic", "reno");
  }

  private static Samples path(String algorithm) {
    CongestionControl control = CongestionControls.named(algorithm).get();
    control.seed(1);
    return new Samples(control);
  }

  /** One of everything that can happen to a connection. */
  private static void happens(Samples path, int event) {
    CongestionControl control = path.algorithm();
    int size = event >>> 8 & 0xffff;
    path.after(ms(event >>> 24));
    int flight = Math.min(control.cwnd(), size * MSS);
    switch (event & 15) {
      case 0 -> control.congested(CongestionControl.Cause.LOSS, flight, path.now);
      case 1 -> control.congested(CongestionControl.Cause.ECN, flight, path.now);
      case 2 -> control.recovered(flight, path.now);
      case 3 -> control.timedOut(flight, true, path.now);
      case 4 -> control.timedOut(flight, false, path.now);
      case 5 -> control.undo(path.now);
      case 6 -> control.restarted(ms(size), ms(300), path.now);
      case 7 -> path.rtt = ms(1 + size % 1000);
      case 8 -> path.cwndLimited = !path.cwndLimited;
      case 9 -> path.appLimited = !path.appLimited;
      case 10 -> path.acks(1 + size % (40 * MSS), size % MSS);
      case 11 -> path.acks(0, 1 + size);
      case 12 -> path.rate = size * 100L;
      case 13 -> control.mss(88 + size % 9000);
      case 14 -> path.acks(1);
      default -> path.acks(MSS);
    }
  }

  @Property(tries = 2000)
  void aWindowIsASegmentAtLeastAndNoMoreThanTcpAllows(
      @ForAll("algorithms") String algorithm, @ForAll List<Integer> events) {
    Samples path = path(algorithm);
    for (int event : events) {
      happens(path, event);
      int mss = (event & 15) == 13 ? 88 + (event >>> 8 & 0xffff) % 9000 : 1;
      assertThat(path.algorithm().cwnd()).isBetween(mss, LARGEST);
      assertThat(path.algorithm().ssthresh()).isGreaterThanOrEqualTo(2 * 88);
      assertThat(path.algorithm().pacingRate()).isNotNegative();
    }
  }

  // Proves: RFC 5681 3.1; RFC 9438 4.6
  @Property(tries = 500)
  void congestionLeavesTwoSegmentsAtLeast(
      @ForAll("withThreshold") String algorithm, @ForAll @IntRange(max = 100_000) int flight) {
    Samples path = path(algorithm);
    path.algorithm().congested(CongestionControl.Cause.LOSS, flight, path.now);
    assertThat(path.algorithm().cwnd()).isGreaterThanOrEqualTo(2 * MSS);
    assertThat(path.algorithm().ssthresh()).isGreaterThanOrEqualTo(2 * MSS);
    path.algorithm().timedOut(flight, true, path.now);
    assertThat(path.algorithm().cwnd()).isEqualTo(MSS);
    assertThat(path.algorithm().ssthresh()).isGreaterThanOrEqualTo(2 * MSS);
  }

  // Proves: RFC 9438 5.8; RFC 7661 4.4
  @Property(tries = 500)
  void aWindowThatIsNotUsedDoesNotGrow(
      @ForAll("withThreshold") String algorithm,
      @ForAll @IntRange(min = 20, max = 500) int window,
      @ForAll boolean slowStart,
      @ForAll List<@IntRange(min = 1, max = 50) Integer> gaps) {
    Samples path = path(algorithm);
    int threshold = slowStart ? Integer.MAX_VALUE : window * MSS;
    path.algorithm().resumed(window * MSS, threshold, path.now);
    path.cwndLimited = false;
    path.inFlight = 5 * MSS;
    for (int i = 0; i < 20; i++) {
      path.after(ms(100)).acks(MSS); // RFC 7661 has to see it first
    }
    int before = path.algorithm().cwnd();
    for (int gap : gaps) {
      path.after(ms(gap)).acks(MSS);
      assertThat(path.algorithm().cwnd()).isLessThanOrEqualTo(before);
    }
  }

  // Proves: RFC 3465 2.1; RFC 3465 2.2; attack 54
  @Property(tries = 500)
  void splittingAcksGainsNothing(
      @ForAll("withThreshold") String algorithm,
      @ForAll boolean slowStart,
      @ForAll @IntRange(min = 2, max = 100) int pieces,
      @ForAll @IntRange(min = 1, max = 100) int segments) {
    Samples whole = path(algorithm);
    Samples split = path(algorithm);
    for (Samples path : List.of(whole, split)) {
      int threshold = slowStart ? Integer.MAX_VALUE : 30 * MSS;
      path.algorithm().resumed(30 * MSS, threshold, path.now);
    }
    for (int i = 0; i < segments; i++) {
      whole.after(ms(2)).acks(MSS);
      split.after(ms(2));
      for (int left = MSS; left > 0; ) {
        int piece = Math.min((MSS + pieces - 1) / pieces, left);
        split.acks(piece);
        left -= piece;
      }
    }
    // Rounding apart.
    assertThat(split.algorithm().cwnd())
        .isLessThanOrEqualTo(whole.algorithm().cwnd() + MSS + whole.algorithm().cwnd() / 50);
  }

  // Proves: RFC 3465 2.2
  @Property(tries = 200)
  void anAckThatCoversMuchAddsLittle(@ForAll @IntRange(min = 1, max = 200) int segments) {
    Samples path = path("reno");
    int before = path.algorithm().cwnd();
    path.acks(segments * MSS);
    assertThat(path.algorithm().cwnd()).isEqualTo(before + Math.min(segments, 2) * MSS);
    path.algorithm().timedOut(20 * MSS, true, path.now);
    path.acks(segments * MSS);
    // RFC 3465 section 2.3: after a timeout an ACK adds one segment at most.
    assertThat(path.algorithm().cwnd()).isEqualTo(2 * MSS);
  }

  // Proves: RFC 9438 4.9; RFC 4015 3.2
  @Property(tries = 500)
  void undoRestoresTheWindow(
      @ForAll("algorithms") String algorithm,
      @ForAll @IntRange(max = 4) int rounds,
      @ForAll boolean timeout) {
    Samples path = path(algorithm);
    path.rounds(rounds);
    int before = path.algorithm().cwnd();
    int threshold = path.algorithm().ssthresh();
    if (timeout) {
      path.algorithm().timedOut(before, true, path.now);
    } else {
      path.algorithm().congested(CongestionControl.Cause.LOSS, before, path.now);
    }
    path.algorithm().undo(path.now);
    assertThat(path.algorithm().cwnd()).isEqualTo(before);
    assertThat(path.algorithm().ssthresh()).isEqualTo(threshold);
  }
}

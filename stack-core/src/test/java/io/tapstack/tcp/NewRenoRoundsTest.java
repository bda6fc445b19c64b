package io.tapstack.tcp;

import static io.tapstack.tcp.Samples.MSS;
import static io.tapstack.tcp.Samples.ms;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The window of NewReno, round trip by round trip. */
class NewRenoRoundsTest {
  private final Samples path = new Samples(new NewReno());

  private Samples avoids(int segments) {
    path.algorithm().resumed(segments * MSS, segments * MSS, path.now);
    return path;
  }

  // Proves: RFC 5681 3.1
  @Test
  void avoidanceAddsASegmentInARoundTrip() {
    avoids(20).rounds(10);
    assertThat(path.segments()).isEqualTo(30);
  }

  // Proves: RFC 5681 3.1; RFC 3465 2.2
  @Test
  void slowStartDoublesAndStopsAtTheThreshold() {
    avoids(64);
    path.algorithm().timedOut(64 * MSS, true, path.now);
    assertThat(path.segments()).isEqualTo(1);
    path.rounds(5);
    assertThat(path.segments()).isEqualTo(32);
    path.rounds(3);
    assertThat(path.segments()).isEqualTo(35);
  }

  // Proves: RFC 5681 3.1; RFC 6582 3.2
  @Test
  void aLossLeavesHalf() {
    avoids(40).loses();
    assertThat(path.segments()).isEqualTo(20);
    assertThat(path.algorithm().ssthresh()).isEqualTo(20 * MSS);
  }

  // Proves: RFC 8511 3
  @Test
  void aMarkLeavesFourFifths() {
    avoids(40).meets(CongestionControl.Cause.ECN);
    assertThat(path.segments()).isEqualTo(32);
    path.loses(); // of the loss, half is left as ever
    assertThat(path.segments()).isEqualTo(16);
    path.meets(CongestionControl.Cause.ECN);
    path.algorithm().timedOut(12 * MSS, true, path.now); // and a timeout knows no gentler factor
    assertThat(path.algorithm().ssthresh()).isEqualTo(6 * MSS);
  }

  // Proves: RFC 8511 3
  @Test
  void aMarkLeavesTwoSegmentsAtLeast() {
    avoids(2).meets(CongestionControl.Cause.ECN);
    assertThat(path.algorithm().ssthresh()).isEqualTo(2 * MSS);
  }

  // Proves: RFC 4015 3.2
  @Test
  void aSpuriousLossChangesNothing() {
    avoids(40);
    path.algorithm().congested(CongestionControl.Cause.LOSS, 40 * MSS, path.now);
    path.algorithm().undo(path.now);
    assertThat(path.segments()).isEqualTo(40);
    assertThat(path.algorithm().ssthresh()).isEqualTo(40 * MSS);
  }

  // Proves: RFC 7661 4.2; RFC 7661 4.3
  @Test
  void aWindowOfWhichLessThanHalfIsUsedGrowsNoMore() {
    avoids(40).rounds(3);
    int before = path.segments();
    path.cwndLimited = false;
    path.inFlight = 10 * MSS;
    for (int i = 0; i < 200; i++) {
      path.after(ms(10)).acks(MSS);
    }
    // The sampling period of a second has to pass until pipeACK falls.
    int after = path.segments();
    assertThat(after).isBetween(before, before + 3);
    for (int i = 0; i < 1000; i++) {
      path.after(ms(10)).acks(MSS);
    }
    assertThat(path.segments()).isEqualTo(after);
    path.cwndLimited = true; // section 4.4: all of it used, so it may grow
    for (int i = 0; i < 2 * after; i++) {
      path.after(ms(10)).acks(MSS);
    }
    assertThat(path.segments()).isBetween(after + 1, after + 2);
  }

  // Proves: RFC 7661 4.4
  @Test
  void congestionLeavesWhatWasUsedAndNotWhatWasAllowed() {
    avoids(100);
    path.cwndLimited = false;
    path.inFlight = 10 * MSS;
    for (int i = 0; i < 300; i++) {
      path.after(ms(10)).acks(MSS);
    }
    assertThat(path.segments()).isEqualTo(100);
    path.algorithm().congested(CongestionControl.Cause.LOSS, 10 * MSS, path.now);
    assertThat(path.segments()).isEqualTo(5);
    path.recovering = true;
    path.acks(MSS, 2 * MSS);
    path.algorithm().recovered(8 * MSS, path.now);
    // Half of what was carried without what was lost: (10 - 2) / 2
    assertThat(path.segments()).isEqualTo(4);
  }

  // Proves: RFC 7661 4.4
  @Test
  void aWindowUnusedForFiveMinutesIsGivenUp() {
    avoids(100);
    path.cwndLimited = false;
    path.inFlight = 10 * MSS;
    long start = path.now;
    while (path.now < start + ms(295_000)) {
      path.after(ms(100)).acks(MSS);
    }
    assertThat(path.segments()).isEqualTo(100);
    while (path.now < start + ms(303_000)) {
      path.after(ms(100)).acks(MSS);
    }
    assertThat(path.segments()).isEqualTo(50);
    assertThat(path.algorithm().ssthresh()).isEqualTo(100 * MSS);
  }

  // Proves: RFC 5681 4.1
  @Test
  void idlenessHalvesTheWindowForEachTimeout() {
    avoids(80);
    path.algorithm().restarted(ms(1100), ms(400), path.now);
    assertThat(path.segments()).isEqualTo(20);
    path.algorithm().restarted(ms(60_000), ms(400), path.now);
    assertThat(path.segments()).isEqualTo(10);
    assertThat(path.algorithm().ssthresh()).isEqualTo(80 * MSS);
  }
}

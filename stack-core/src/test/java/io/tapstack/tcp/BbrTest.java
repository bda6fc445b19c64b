package io.tapstack.tcp;

import static io.tapstack.tcp.Samples.MSS;
import static io.tapstack.tcp.Samples.ms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The phases of BBR, ACK by ACK, on a path that delivers what the test says. */
class BbrTest {
  private final Bbr bbr = new Bbr();
  private final Samples path;

  BbrTest() {
    bbr.seed(7);
    path = new Samples(bbr);
  }

  /** At 1 MB/s and 100 ms, which is 100 segments in flight. */
  private Samples toProbeBandwidth() {
    path.rate = 1_000_000;
    path.rounds(5);
    path.inFlight = 50 * MSS;
    return path.round();
  }

  // Proves: BBR 1
  @Test
  void startupSendsTwiceAsMuchInEachRoundTrip() {
    assertThat(bbr.phase()).isEqualTo(BbrPhase.STARTUP);
    path.rate = 100_000;
    path.acks(MSS);
    // 2.77 times the initial window in a round trip, or the rate if it is more
    assertThat(bbr.pacingRate()).isEqualTo(277_000);
    path.rate = 200_000;
    path.acks(MSS);
    assertThat((double) bbr.pacingRate()).isCloseTo(2.77 * 0.99 * 200_000, within(2.0));
    path.rate = 100_000; // and in startup it does not fall
    path.acks(MSS);
    assertThat((double) bbr.pacingRate()).isCloseTo(2.77 * 0.99 * 200_000, within(2.0));
  }

  // Proves: BBR 1
  @Test
  void goesFromStartupThroughDrainToProbing() {
    path.rate = 1_000_000;
    path.inFlight = 150 * MSS; // a third of it is a queue
    path.rounds(5);
    assertThat(bbr.phase()).isEqualTo(BbrPhase.DRAIN);
    assertThat((double) bbr.pacingRate()).isCloseTo(0.5 * 0.99 * 1e6, within(2.0));
    path.inFlight = 50 * MSS;
    path.round();
    assertThat(bbr.phase().isProbeBw()).isTrue();
    path.rounds(3);
    assertThat(bbr.phase()).isEqualTo(BbrPhase.PROBE_BW_CRUISE);
    assertThat((double) bbr.pacingRate()).isCloseTo(0.99 * 1e6, within(2.0));
    assertThat(bbr.cwnd()).isGreaterThanOrEqualTo(2 * 99 * MSS);
  }

  // Proves: BBR 1
  @Test
  void whatTheApplicationLimitsEndsNoStartup() {
    path.rate = 1_000_000;
    path.appLimited = true;
    path.rounds(10);
    assertThat(bbr.phase()).isEqualTo(BbrPhase.STARTUP);
  }

  // Proves: BBR 1
  @Test
  void probesUpAfterARefill() {
    toProbeBandwidth();
    boolean refilled = false;
    for (int i = 0; i < 40 && bbr.phase() != BbrPhase.PROBE_BW_UP; i++) {
      path.round();
      refilled |= bbr.phase() == BbrPhase.PROBE_BW_REFILL;
    }
    assertThat(bbr.phase()).isEqualTo(BbrPhase.PROBE_BW_UP);
    assertThat((double) bbr.pacingRate()).isCloseTo(1.25 * 0.99 * 1e6, within(2.0));
  }

  // Proves: BBR 1
  @Test
  void probesTheRoundTripAfterFiveSeconds() {
    toProbeBandwidth();
    path.rtt = ms(110); // no lesser one comes
    path.inFlight = 100 * MSS;
    int rounds = 0;
    while (bbr.phase() != BbrPhase.PROBE_RTT && rounds++ < 100) {
      path.round();
    }
    assertThat(bbr.phase()).isEqualTo(BbrPhase.PROBE_RTT);
    assertThat(bbr.cwnd()).isEqualTo(50 * MSS); // half of bandwidth times round trip
    long start = path.now;
    path.inFlight = 50 * MSS;
    while (bbr.phase() == BbrPhase.PROBE_RTT && path.now < start + ms(2000)) {
      path.after(ms(2)).acks(MSS);
    }
    assertThat(path.now - start).isBetween(ms(200), ms(400));
    assertThat(bbr.phase()).isEqualTo(BbrPhase.PROBE_BW_CRUISE);
    assertThat(bbr.cwnd()).isGreaterThan(150 * MSS);
  }

  @Test
  void aTimeoutLeavesOneSegmentAndKeepsTheModel() {
    toProbeBandwidth();
    long max = bbr.maxBandwidth();
    int before = bbr.cwnd();
    bbr.timedOut(100 * MSS, true, path.now);
    assertThat(bbr.cwnd()).isEqualTo(MSS);
    assertThat(bbr.maxBandwidth()).isEqualTo(max);
    bbr.undo(path.now);
    assertThat(bbr.cwnd()).isEqualTo(before);
  }

  @Test
  void losingMuchInSeveralPlacesEndsStartup() {
    for (int round = 1; round <= 3; round++) {
      path.rate = 500_000L << round; // the rate still doubles
      path.round();
    }
    assertThat(bbr.phase()).isEqualTo(BbrPhase.STARTUP);
    bbr.congested(CongestionControl.Cause.LOSS, bbr.cwnd(), path.now);
    path.recovering = true;
    path.rate = 8_000_000;
    path.inFlight = 100 * MSS;
    for (int i = 0; i < 400 && bbr.phase() == BbrPhase.STARTUP; i++) {
      path.after(ms(1)).acks(MSS, 10 * MSS);
    }
    assertThat(bbr.phase()).isNotEqualTo(BbrPhase.STARTUP);
    bbr.undo(path.now); // it was reordering: startup goes on
    assertThat(bbr.phase()).isEqualTo(BbrPhase.STARTUP);
  }

  @Test
  void idlenessBeginsAtThePathsRate() {
    toProbeBandwidth();
    path.after(ms(3000));
    bbr.restarted(ms(3000), ms(300), path.now);
    assertThat((double) bbr.pacingRate()).isCloseTo(0.99 * 1e6, within(2.0));
    path.after(ms(4000)).acks(MSS); // it saw an idle path: no need for PROBE_RTT
    assertThat(bbr.phase()).isNotEqualTo(BbrPhase.PROBE_RTT);
  }
}

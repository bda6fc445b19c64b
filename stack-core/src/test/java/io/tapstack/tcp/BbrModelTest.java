package io.tapstack.tcp;

import static io.tapstack.tcp.Samples.ms;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Each estimate of BBR by itself: draft-ietf-ccwg-bbr sections 5.3.1.2 and 5.5. */
class BbrModelTest {
  // Proves: BBR 1
  @Test
  void theGreatestRateOfTwoCyclesCounts() {
    BbrMaxBandwidth max = new BbrMaxBandwidth();
    max.sample(1000, false);
    max.sample(800, false);
    assertThat(max.value()).isEqualTo(1000);
    max.advance();
    max.sample(700, false);
    assertThat(max.value()).isEqualTo(1000);
    max.advance();
    assertThat(max.value()).isEqualTo(700);
    max.advance(); // a cycle without samples takes nothing away
    assertThat(max.value()).isEqualTo(700);
  }

  // Proves: BBR 1
  @Test
  void anApplicationsLimitOnlyRaisesTheRate() {
    BbrMaxBandwidth max = new BbrMaxBandwidth();
    max.sample(1000, false);
    max.advance();
    max.sample(500, true);
    max.sample(-1, false);
    max.advance();
    assertThat(max.value()).isEqualTo(1000);
    max.sample(1200, true);
    assertThat(max.value()).isEqualTo(1200);
  }

  // Proves: BBR 1
  @Test
  void theLeastRoundTripCountsForTenSeconds() {
    BbrMinRtt min = new BbrMinRtt();
    min.begin(0);
    assertThat(min.value()).isEqualTo(BbrMinRtt.UNKNOWN);
    min.sample(ms(50), ms(50));
    min.sample(ms(40), ms(100));
    min.sample(-1, ms(150));
    min.sample(ms(60), ms(200));
    assertThat(min.value()).isEqualTo(ms(40));
    assertThat(min.isProbeDue()).isFalse();
    min.sample(ms(60), ms(5101)); // five seconds without a lesser one: time to look
    assertThat(min.isProbeDue()).isTrue();
    assertThat(min.value()).isEqualTo(ms(40));
    min.probed(ms(5400));
    min.sample(ms(60), ms(5500));
    assertThat(min.isProbeDue()).isFalse();
    min.sample(ms(70), ms(10_101));
    assertThat(min.value()).isEqualTo(ms(60));
  }

  // Proves: BBR 1
  @Test
  void threeRoundsWithoutAQuarterMoreAreAll() {
    BbrFullBandwidth full = new BbrFullBandwidth();
    full.sample(1000, false, true);
    full.sample(1249, false, true);
    full.sample(1249, false, false); // no round of its own
    full.sample(1249, false, true);
    full.sample(500, true, true); // says nothing
    assertThat(full.isReached()).isFalse();
    full.sample(1250, false, true); // a quarter more: counted anew
    full.sample(1300, false, true);
    full.sample(1300, false, true);
    assertThat(full.isReached()).isFalse();
    full.sample(1300, false, true);
    assertThat(full.isReached()).isTrue();
    assertThat(full.isNow()).isTrue();
    full.restart(1300);
    assertThat(full.isReached()).isTrue();
    assertThat(full.isNow()).isFalse();
  }

  // Proves: BBR 1
  @Test
  void acksThatComeTogetherAreAllowedFor() {
    BbrAggregation aggregation = new BbrAggregation();
    aggregation.begin(0);
    // 1 MB/s, and what came in 10 ms comes at once: 10 000 bytes
    for (int round = 1; round <= 20; round++) {
      long now = ms(10L * round);
      for (int i = 0; i < 10; i++) {
        aggregation.acked(1000, 1e6, 50_000, round, false, now);
      }
    }
    assertThat(aggregation.extra()).isBetween(9000, 10_000);
    // Ten rounds later it is forgotten: now they come one by one.
    for (int i = 1; i <= 300; i++) {
      aggregation.acked(1000, 1.1e6, 50_000, 20 + i / 10, false, ms(200 + i));
    }
    assertThat(aggregation.extra()).isLessThanOrEqualTo(1000);
  }

  @Test
  void noMoreThanAWindowIsAllowedFor() {
    BbrAggregation aggregation = new BbrAggregation();
    aggregation.begin(0);
    aggregation.acked(1_000_000, 1e6, 50_000, 1, false, 1);
    assertThat(aggregation.extra()).isEqualTo(50_000);
  }

  // Proves: BBR 1
  @Test
  void probesComeAfterTwoToThreeSeconds() {
    long earliest = Long.MAX_VALUE;
    long latest = 0;
    for (int seed = 0; seed < 500; seed++) {
      BbrProbing probing = new BbrProbing();
      probing.seed(seed);
      probing.ended(0);
      long at = 0;
      while (!probing.isDue(1000, at)) {
        at += ms(1);
      }
      earliest = Math.min(earliest, at);
      latest = Math.max(latest, at);
    }
    assertThat(earliest).isBetween(ms(2000), ms(2020));
    assertThat(latest).isBetween(ms(3000), ms(3080)); // 2^30 ns are a second, nearly
  }

  // Proves: BBR 1
  @Test
  void probesComeAsOftenAsRenoWouldNeedThem() {
    BbrProbing probing = new BbrProbing();
    probing.ended(0);
    int rounds = 0;
    while (!probing.isDue(20, 1)) {
      probing.roundBegan();
      rounds++;
    }
    assertThat(rounds).isBetween(19, 20);
    probing.ended(0);
    rounds = 0;
    while (!probing.isDue(10_000, 1)) {
      probing.roundBegan();
      rounds++;
    }
    assertThat(rounds).isBetween(62, 63);
  }

  // Proves: BBR 1
  @Test
  void aProbeRisesByOneSegmentInARoundAndThenTwiceAsFast() {
    BbrProbing probing = new BbrProbing();
    probing.refilling();
    int window = 100_000;
    for (int round = 0; round < 4; round++) {
      probing.steeper(window, 1000);
      int rise = 0;
      for (int i = 0; i < 100; i++) {
        rise += probing.rise(1000);
      }
      assertThat(rise).isBetween(1000 * (1 << round) * 9 / 10, 1000 * (1 << round) * 11 / 10);
    }
  }

  @Test
  void boundsFallByThreeTenthsInARoundWithLosses() {
    BbrBounds bounds = new BbrBounds();
    AckSample sample = new AckSample();
    sample.totalDelivered = 100_000;
    sample.rateInterval = -1;
    assertThat(bounds.withHeadroom(1000, 4000)).isEqualTo(BbrBounds.NONE);
    bounds.acked(sample, true, false, 1_000_000, 100_000);
    assertThat(bounds.bandwidth()).isEqualTo(700_000);
    assertThat(bounds.shortTerm()).isEqualTo(70_000);
    sample.priorDelivered = 50_000; // the same round trip: once is enough
    bounds.acked(sample, true, false, 1_000_000, 100_000);
    assertThat(bounds.shortTerm()).isEqualTo(70_000);
    bounds.save();
    sample.priorDelivered = 100_000;
    bounds.acked(sample, false, false, 1_000_000, 100_000);
    assertThat(bounds.shortTerm()).isEqualTo(49_000);
    bounds.restore();
    assertThat(bounds.shortTerm()).isEqualTo(70_000);
    bounds.resetShortTerm();
    assertThat(bounds.shortTerm()).isEqualTo(BbrBounds.NONE);
    assertThat(bounds.bandwidth()).isInfinite();
  }

  @Test
  void lossesWhileProbingLowerNoShortTermBound() {
    BbrBounds bounds = new BbrBounds();
    AckSample sample = new AckSample();
    sample.totalDelivered = 100_000;
    bounds.acked(sample, true, true, 1_000_000, 100_000);
    assertThat(bounds.shortTerm()).isEqualTo(BbrBounds.NONE);
  }

  @Test
  void whatIsDeliveredDespiteLossesIsKept() {
    BbrBounds bounds = new BbrBounds();
    AckSample sample = new AckSample();
    sample.totalDelivered = 90_000;
    sample.rateDelivered = 90_000;
    sample.rateInterval = ms(100);
    bounds.acked(sample, true, false, 1_000_000, 100_000);
    assertThat(bounds.bandwidth()).isEqualTo(900_000);
    assertThat(bounds.shortTerm()).isEqualTo(90_000);
  }

  @Test
  void moreThanAFiftiethLostIsTooMuch() {
    AckSample sample = new AckSample();
    sample.txInFlight = 100_000;
    sample.priorLost = 5000;
    sample.totalLost = 7000;
    assertThat(BbrBounds.isTooHigh(sample)).isFalse();
    sample.totalLost = 7001;
    assertThat(BbrBounds.isTooHigh(sample)).isTrue();
    sample.priorDelivered = -1; // nothing was delivered to judge it by
    assertThat(BbrBounds.isTooHigh(sample)).isFalse();
  }

  @Test
  void headroomIsLeftForOthers() {
    BbrBounds bounds = new BbrBounds();
    bounds.longTerm(100_000);
    assertThat(bounds.withHeadroom(1000, 4000)).isEqualTo(85_000);
    bounds.longTerm(4000);
    assertThat(bounds.withHeadroom(1000, 4000)).isEqualTo(4000);
    bounds.lower(50_000, 100_000);
    assertThat(bounds.longTerm()).isEqualTo(70_000);
  }
}

package io.tapstack.tcp;

import static io.tapstack.sim.SimTime.millis;
import static io.tapstack.sim.SimTime.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.sim.Impairment;
import org.junit.jupiter.api.Test;

/** What becomes of BBR on a path of 10 Mbit/s and 40 ms, in virtual time. */
class BbrSimulationTest {
  private static final long RATE = 10_000_000;

  /** Without headers, in bytes per second. */
  private static final double GOODPUT = RATE / 8.0 * 1448 / 1514;

  /** The bandwidth-delay product: a round trip of 40 ms holds 33 frames. */
  private static final int PIPE = 33 * CongestionPath.MSS;

  private static final Impairment DATA =
      Impairment.NONE.delay(millis(20)).rate(RATE).queueFrames(200);

  private static final Impairment ACKS = Impairment.NONE.delay(millis(20));

  private final CongestionPath path = new CongestionPath(1, DATA, ACKS);

  private CongestionPath.Flow bbr() {
    return path.flow("bbr");
  }

  /** The part of the path's rate that a flow gets in some time from now on. */
  private double share(CongestionPath.Flow flow, long nanos) {
    return share(path, flow, nanos);
  }

  private static double share(CongestionPath path, CongestionPath.Flow flow, long nanos) {
    long before = flow.received;
    path.run(nanos);
    return (flow.received - before) * 1e9 / nanos / GOODPUT;
  }

  private static Bbr bbr(CongestionPath.Flow flow) {
    return (Bbr) flow.sender.congestion.chosen();
  }

  // Proves: BBR 1
  @Test
  void fillsThePathWithoutFillingTheQueue() {
    CongestionPath.Flow flow = bbr();
    flow.begins();
    path.run(seconds(2));
    assertThat(share(flow, seconds(18))).isGreaterThan(0.95);
    assertThat(path.counters().queueDrops()).isZero();
    long worst = 0;
    for (int i = 0; i < 1000; i++) {
      path.run(millis(10));
      worst = Math.max(worst, flow.sender.info().srtt());
    }
    // Probing takes 1.25 times the pipe for a while, and CUBIC six times: 240 ms.
    assertThat(worst).isLessThan(millis(100));
  }

  // Proves: BBR 1
  @Test
  void startupEndsOnceTheRateGrowsNoMore() {
    CongestionPath.Flow flow = bbr();
    flow.begins();
    assertThat(bbr(flow).phase()).isEqualTo(BbrPhase.STARTUP);
    assertThat(path.network.runUntil(() -> !isStartup(flow), seconds(2))).isTrue();
    assertThat(flow.sender.congestion.pacingRate()).isLessThan((long) GOODPUT);
    assertThat(path.network.runUntil(() -> bbr(flow).phase().isProbeBw(), seconds(3))).isTrue();
    // What startup queued has drained.
    assertThat(flow.sender.recovery.inFlight()).isLessThan(PIPE * 5 / 4);
  }

  private static boolean isStartup(CongestionPath.Flow flow) {
    return bbr(flow).phase() == BbrPhase.STARTUP;
  }

  // Proves: BBR 1
  @Test
  void toleratesLossThatMakesCubicCollapse() {
    double bbr = withLoss("bbr", 0.01);
    assertThat(bbr).isGreaterThan(0.65);
    assertThat(bbr).isGreaterThan(1.5 * withLoss("cubic", 0.01));
  }

  private static double withLoss(String algorithm, double loss) {
    CongestionPath path = new CongestionPath(2, DATA, ACKS);
    CongestionPath.Flow flow = path.flow(algorithm);
    path.impair(DATA.loss(loss));
    flow.begins();
    path.run(seconds(5));
    return share(path, flow, seconds(40));
  }

  /** There, one of some losses in each round trip comes after PROBE_RTT, with little in flight. */
  @Test
  void toleratesLossOnAFastPath() {
    Impairment data = DATA.rate(10 * RATE).queueFrames(700);
    CongestionPath path = new CongestionPath(1, data, ACKS);
    CongestionPath.Flow flow = path.flow("bbr");
    path.impair(data.loss(0.01));
    flow.begins();
    path.run(seconds(5));
    assertThat(share(path, flow, seconds(25)) / 10).isGreaterThan(0.5);
  }

  // Proves: BBR 1
  @Test
  void looksForTheRoundTripWithoutAQueueEveryFiveSeconds() {
    CongestionPath.Flow flow = bbr();
    flow.begins();
    int probes = 0;
    boolean before = false;
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < 3000; i++) {
      path.run(millis(10));
      boolean probing = bbr(flow).phase() == BbrPhase.PROBE_RTT;
      if (probing) {
        least = Math.min(least, flow.sender.recovery.inFlight());
      }
      probes += probing && !before ? 1 : 0;
      before = probing;
    }
    assertThat(probes).isBetween(4, 6);
    assertThat(least).isLessThanOrEqualTo(PIPE / 2 + 1460); // half a pipe, in whole segments
    assertThat(flow.sender.recovery.minRtt.value()).isLessThan(millis(43));
  }

  @Test
  void followsAPathThatBecomesFasterAndSlower() {
    CongestionPath.Flow flow = bbr();
    flow.begins();
    path.run(seconds(5));
    path.impair(DATA.rate(2 * RATE));
    path.run(seconds(10));
    assertThat(share(flow, seconds(5))).isGreaterThan(1.8);
    path.impair(DATA.rate(RATE / 2));
    path.run(seconds(10));
    assertThat(share(flow, seconds(5)))
        .isBetween(0.45, 0.55); // of which some waited in the queue before
    assertThat(flow.sender.info().srtt()).isLessThan(millis(200));
  }

  @Test
  void anIdleConnectionBeginsAgainAtThePathsRate() {
    CongestionPath.Flow flow = bbr();
    flow.writes(4_000_000);
    path.run(seconds(5));
    assertThat(flow.received).isEqualTo(4_000_000);
    path.run(seconds(3));
    long drops = path.counters().queueDrops();
    flow.writes(2_000_000);
    path.run(seconds(2));
    assertThat(flow.received).isEqualTo(6_000_000);
    assertThat(path.counters().queueDrops()).isEqualTo(drops);
  }

  @Test
  void whatTheApplicationLimitsSaysNothingAboutThePath() {
    CongestionPath.Flow flow = bbr();
    flow.begins();
    path.run(seconds(3));
    long rate = bbr(flow).maxBandwidth();
    flow.stops();
    path.run(seconds(4));
    for (int i = 0; i < 80; i++) {
      flow.writes(12_000); // every 100 ms: a tenth of what the path bears
      path.run(millis(100));
    }
    assertThat(bbr(flow).maxBandwidth()).isGreaterThan(rate * 9 / 10);
    flow.begins();
    assertThat(share(flow, seconds(2))).isGreaterThan(0.85);
  }

  /** No flow starves beside another, neither of its own kind nor CUBIC. */
  @Test
  void sharesAPath() {
    CongestionPath.Flow first = bbr();
    CongestionPath.Flow second = bbr();
    first.begins();
    path.run(seconds(3));
    second.begins();
    path.run(seconds(20));
    long before = first.received;
    double share = share(second, seconds(40));
    assertThat(share).isBetween(0.25, 0.75);
    assertThat((first.received - before) / 40.0 / GOODPUT).isBetween(0.25, 0.75);
  }

  @Test
  void livesBesideCubicAndLetsItLive() {
    // A queue of one bandwidth-delay product, as is usual.
    CongestionPath path = new CongestionPath(3, DATA.queueFrames(40), ACKS);
    CongestionPath.Flow cubic = path.flow("cubic");
    CongestionPath.Flow bbr = path.flow("bbr");
    cubic.begins();
    path.run(seconds(3));
    bbr.begins();
    path.run(seconds(20));
    long before = cubic.received;
    double share = share(path, bbr, seconds(60));
    assertThat(share).isBetween(0.1, 0.9);
    assertThat((cubic.received - before) / 60.0 / GOODPUT).isBetween(0.1, 0.9);
  }

  @Test
  void aDeadPathIsFoundAliveAgain() {
    CongestionPath.Flow flow = bbr();
    flow.begins();
    path.run(seconds(3));
    path.impair(DATA.loss(1));
    path.run(seconds(2));
    assertThat(flow.counters().timeouts()).isPositive();
    path.impair(DATA);
    path.run(seconds(4));
    assertThat(share(flow, seconds(5))).isGreaterThan(0.9);
  }
}

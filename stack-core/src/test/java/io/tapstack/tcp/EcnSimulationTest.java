package io.tapstack.tcp;

import static io.tapstack.sim.SimTime.millis;
import static io.tapstack.sim.SimTime.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.sim.Impairment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flows over a queue that marks instead of dropping (RFC 3168), 10 Mbit/s and 40 ms. */
class EcnSimulationTest {
  private static final long RATE = 10_000_000;
  private static final double GOODPUT = RATE / 8.0 * 1448 / 1514;

  /** It marks from half a bandwidth-delay product on, which is no room for halved windows. */
  private static final Impairment DATA =
      Impairment.NONE.delay(millis(20)).rate(RATE).queueFrames(400).markFrames(16);

  private static final Impairment ACKS = Impairment.NONE.delay(millis(20));

  // Proves: RFC 8511 3; RFC 3168 6.1.2
  @ParameterizedTest
  @ValueSource(strings = {"cubic", "reno", "bbr"})
  void marksHoldTheQueueShortAndTheRateHigh(String algorithm) {
    CongestionPath path = new CongestionPath(1, DATA, ACKS);
    TcpConfig.Builder config = TcpConfig.builder().congestionControl(algorithm).ecn(EcnMode.ON);
    CongestionPath.Flow flow = path.flow(config, Impairment.NONE);
    flow.begins();
    path.run(seconds(10));
    long drops = path.counters().queueDrops();
    long marks = path.counters().marked();
    long before = flow.received;
    long worst = 0;
    for (int i = 0; i < 2000; i++) {
      path.run(millis(10));
      worst = Math.max(worst, flow.sender.info().srtt());
    }
    double share = (flow.received - before) / 20.0 / GOODPUT;
    assertThat(path.counters().queueDrops()).isEqualTo(drops);
    assertThat(flow.counters().retransmittedSegments()).isZero();
    assertThat(share).isGreaterThan(0.9);
    assertThat(worst).isLessThan(millis(100)); // the queue could hold 480 ms
    if (!algorithm.equals("bbr")) {
      assertThat(path.counters().marked()).isGreaterThan(marks);
    }
  }
}

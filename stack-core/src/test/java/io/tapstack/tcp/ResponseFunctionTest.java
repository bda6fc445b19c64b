package io.tapstack.tcp;

import static io.tapstack.sim.SimTime.millis;
import static io.tapstack.sim.SimTime.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.sim.Impairment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The average window at a given rate of random losses, where nothing else limits, against what
 * theory says. Theory has losses at equal distances; random ones, recovery and its round trips make
 * a difference of some tens of percent.
 */
class ResponseFunctionTest {
  private static final int PAYLOAD = 1448;

  /** The average window in segments over 60 losses. */
  private static double window(String algorithm, double loss, long rtt) {
    Impairment data = Impairment.NONE.delay(rtt / 2).rate(1_000_000_000).queueFrames(10_000);
    CongestionPath path = new CongestionPath(1, data, Impairment.NONE.delay(rtt / 2));
    CongestionPath.Flow flow = path.flow(algorithm);
    path.impair(data.loss(loss));
    flow.begins();
    path.run(seconds(20));
    long before = flow.received;
    long time = (long) (60 / loss / reno(loss) * rtt);
    path.run(time);
    return (double) (flow.received - before) / PAYLOAD * rtt / time;
  }

  /** RFC 5348 section 3.1 without timeouts, one ACK for each segment: sqrt(3/2p). */
  private static double reno(double loss) {
    return Math.sqrt(1.5 / loss);
  }

  /** RFC 9438 section 5.1, figure 5 with C = 0.4. */
  private static double cubic(double loss, long rtt) {
    return 1.054 * Math.pow(rtt / 1e9 / loss, 0.75);
  }

  // Proves: RFC 5681 3.1
  @ParameterizedTest
  @CsvSource({"20, 0.01", "20, 0.003", "100, 0.01", "100, 0.003", "100, 0.001"})
  void renoAnswersLossesAsItShould(long rtt, double loss) {
    double window = window("reno", loss, millis(rtt));
    assertThat(window).isBetween(0.75 * reno(loss), 1.25 * reno(loss));
  }

  // Proves: RFC 9438 4.2; RFC 9438 5.1
  @ParameterizedTest
  @CsvSource({"100, 0.0003", "200, 0.001"})
  void cubicAnswersRareLossesByItsCurve(long rtt, double loss) {
    double theory = cubic(loss, millis(rtt));
    assertThat(theory).isGreaterThan(1.1 * reno(loss));
    assertThat(window("cubic", loss, millis(rtt))).isBetween(0.8 * theory, 1.45 * theory);
  }

  // Proves: RFC 9438 4.3
  @ParameterizedTest
  @CsvSource({"20, 0.01", "20, 0.003", "100, 0.01"})
  void cubicAnswersFrequentLossesAsReno(long rtt, double loss) {
    assertThat(cubic(loss, millis(rtt))).isLessThan(0.5 * reno(loss));
    double window = window("cubic", loss, millis(rtt));
    assertThat(window).isBetween(0.8 * reno(loss), 1.3 * reno(loss));
  }
}

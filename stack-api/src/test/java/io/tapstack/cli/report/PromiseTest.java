package io.tapstack.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the report promises, on shorter runs than its own and with several seeds. */
class PromiseTest {
  private static final long SECOND = 1_000_000_000L;
  private static final double[] REORDERING = {0.01, 0.03, 0.2};

  private static final Effort EFFORT = new Effort(100_000, 30, 400, 100, 1);

  static Stream<Arguments> algorithmsAndSeeds() {
    return Stream.of("reno", "cubic")
        .flatMap(name -> Stream.of(1L, 2L, 3L).map(seed -> Arguments.of(name, seed)));
  }

  @ParameterizedTest
  @MethodSource("algorithmsAndSeeds")
  void lossAndReorderingLeaveWhatTheResponseFunctionAllows(String congestion, long seed) {
    Sweep.Point point = new Sweep.Point(1, Sweep.promised());
    Measurement one = Measurement.of(congestion, point, EFFORT, seed);
    assertThat(one.limit().reason()).isEqualTo(Limit.Reason.RESPONSE);
    assertThat(one.ratio()).isGreaterThanOrEqualTo(SimulationReport.NEAR);
  }

  @ParameterizedTest
  @MethodSource("algorithmsAndSeeds")
  void reorderingAloneCostsLessThanATenth(String congestion, long seed) {
    double without = goodput(congestion, Sweep.usual(), seed);
    for (double share : REORDERING) {
      SimPath path = Sweep.usual().reordering(share, Sweep.usual().rttNanos() / 2);
      assertThat(goodput(congestion, path, seed) / without)
          .as("reordering of %s", share)
          .isGreaterThan(SimulationReport.NEAR);
    }
  }

  private static double goodput(String congestion, SimPath path, long seed) {
    return new PathRun(path, seed).flow(congestion, 0).run(3 * SECOND, 15 * SECOND).goodput();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void twoFlowsOfCubicAreFair(long seed) {
    for (boolean together : new boolean[] {true, false}) {
      Fairness fairness = Fairness.of("cubic", together, EFFORT, seed);
      assertThat(fairness.index()).isGreaterThan(SimulationReport.FAIR);
      assertThat(fairness.use()).as("and leave nothing unused").isGreaterThan(0.98);
    }
  }

  @Test
  void aReportSaysThatTheyAreKept() {
    SimulationReport report =
        new SimulationReport(
                List.of("reno", "cubic"), 1, true, new Effort(40_000, 20, 200, 120, 1), 0, 1)
            .run(done -> {});
    assertThat(report.keepsPromises()).as(report.text()).isTrue();
    assertThat(report.text()).doesNotContain("NOT KEPT");
  }
}

package io.tapstack.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The report as a whole, and that looking at a run does not disturb it. */
class SimulationReportTest {
  private static final long SECOND = 1_000_000_000L;

  private static final Effort SHORT = new Effort(500, 1, 10, 10, 1);

  private static SimulationReport report(long seed) {
    return new SimulationReport(List.of("reno"), seed, true, SHORT, 0, 1).run(done -> {});
  }

  @Test
  void aSeedRepeatsAReport() throws Exception {
    SimulationReport first = report(7);
    SimulationReport second = report(7);
    assertThat(second.text()).isEqualTo(first.text());
    assertThat(second.plots()).isEqualTo(first.plots());
    assertThat(first.plots())
        .containsOnlyKeys(
            "goodput-loss.svg",
            "goodput-rtt.svg",
            "goodput-reordering.svg",
            "goodput-rate.svg",
            "sequence-reno.svg",
            "window-reno.svg",
            "fairness-reno.svg",
            "fairness-reno-apart.svg");
    for (String svg : first.plots().values()) {
      SvgPlotTest.parse(svg);
    }
    assertThat(first.text())
        .startsWith("Tapstack simulation report: seed 7, quick\n")
        .contains("Goodput against loss", "Goodput against round trip time")
        .contains("Goodput against reordering", "Goodput against the bottleneck's rate")
        .contains("Fairness: two flows");
  }

  @Test
  void anObserverChangesNothing() {
    SimPath path = Sweep.promised();
    PathRun.Result alone = new PathRun(path, 3).flow("reno", 0).run(SECOND, 5 * SECOND);
    FlowTrace trace = new FlowTrace(0, 5);
    PathRun.Result seen =
        new PathRun(path, 3).flow("reno", 0).observe(trace::observer).run(SECOND, 5 * SECOND);
    assertThat(seen.goodput()).isEqualTo(alone.goodput()).isPositive();
    assertThat(seen.bottleneck().toString()).isEqualTo(alone.bottleneck().toString());
    assertThat(trace.sequencePlot("t", "s").svg())
        .contains(">sent<", ">sent again<", ">lost<", ">acknowledged<", ">selectively (SACK)<");
    assertThat(trace.windowPlot("t", "s").svg()).contains(">sent and not acknowledged<");
  }

  @Test
  void aCleanPathIsFilled() {
    SimPath path = SimPath.of(10_000_000, 10_000_000);
    PathRun.Result result = new PathRun(path, 1).flow("reno", 0).run(5 * SECOND, 15 * SECOND);
    assertThat(result.goodput() / Limit.of(path, "reno", PathRun.BUFFER).bitsPerSecond())
        .isBetween(0.98, 1.0001);
  }

  @Test
  void twoFlowsGetWhatThereIs() {
    PathRun run = new PathRun(Fairness.PATH, 1).flow("reno", 0).flow("reno", 2 * SECOND);
    PathRun.Result result = run.run(5 * SECOND, 10 * SECOND);
    double[][] rates = run.perSecond();
    assertThat(rates).hasDimensions(2, 10);
    assertThat(rates[1][0]).as("it begins later").isZero();
    double sum = 0;
    for (int second = 5; second < 10; second++) {
      sum += rates[0][second];
    }
    assertThat(result.flows().get(0).goodput()).isEqualTo(sum / 5);
    assertThat(result.fairness()).isBetween(0.5, 1.0);
  }
}

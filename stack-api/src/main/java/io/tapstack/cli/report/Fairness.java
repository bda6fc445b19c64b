package io.tapstack.cli.report;

import java.util.SplittableRandom;

/**
 * Two flows of the same congestion control that share a bottleneck of 20 Mbit/s and 50 ms, whose
 * queue is one bandwidth-delay product. Their shares are compared over the second half of the run.
 *
 * @param together whether both begin within one round trip; otherwise the second one begins after a
 *     tenth of the run, when the first has all
 * @param series what each flow got in each second, in bits per second
 */
record Fairness(
    String congestion, boolean together, long seed, PathRun.Result result, double[][] series) {

  /** What the two share. */
  static final SimPath PATH = SimPath.of(50_000_000, 20_000_000);

  private static final long SECOND = 1_000_000_000L;

  /** Runs two flows. */
  static Fairness of(String congestion, boolean together, Effort effort, long seed) {
    long whole = effort.fairnessSeconds() * SECOND;
    // Not at the same instant: two flows in step with each other would tell of the simulation only.
    long apart = new SplittableRandom(seed).nextLong(PATH.rttNanos());
    PathRun run =
        new PathRun(PATH, seed)
            .flow(congestion, 0)
            .flow(congestion, (together ? 0 : whole / 10) + apart);
    PathRun.Result result = run.run(whole / 2, whole);
    return new Fairness(congestion, together, seed, result, run.perSecond());
  }

  /** Jain's index. */
  double index() {
    return result.fairness();
  }

  /** What share of the limit both had together. */
  double use() {
    double sum = result.flows().stream().mapToDouble(PathRun.FlowResult::goodput).sum();
    return sum / Limit.of(PATH, congestion, PathRun.BUFFER).bitsPerSecond();
  }

  /** A plot of who got what when. */
  SvgPlot plot() {
    SvgPlot plot =
        new SvgPlot(
            "Two " + congestion + " flows share 20 Mbit/s",
            String.format(
                java.util.Locale.ROOT,
                "50 ms, %s, Jain index of the second half %.4f",
                together ? "begun together" : "one begun later",
                index()),
            Axis.linear("time, s", 0, Math.max(1, series[0].length)),
            Axis.linear("goodput, Mbit/s", 0, 20));
    SvgPlot.Colour[] colours = {SvgPlot.Colour.BLUE, SvgPlot.Colour.ORANGE};
    for (int flow = 0; flow < series.length; flow++) {
      Points points = new Points();
      for (int second = 0; second < series[flow].length; second++) {
        points.add(second + 0.5, series[flow][second] / 1e6);
      }
      plot.add("flow " + (flow + 1), colours[flow % 2], SvgPlot.Style.LINE, points.x(), points.y());
    }
    return plot;
  }
}

package io.tapstack.cli.report;

import java.util.Map;

/** One flow on the promised path, measured and drawn in the same run. */
record Promise(Measurement measurement, Map<String, SvgPlot> plots) {

  /**
   * Runs a flow.
   *
   * @param from where the time-sequence plot begins, in seconds
   * @param to where it ends
   * @param windows how many seconds the plot of the windows shows
   */
  static Promise of(
      String congestion, Effort effort, long seed, double from, double to, double windows) {
    SimPath path = Sweep.promised();
    Limit limit = Limit.of(path, congestion, PathRun.BUFFER);
    FlowTrace near = new FlowTrace(from, to);
    FlowTrace far = new FlowTrace(0, windows);
    long settling = effort.settling(limit);
    PathRun.Result result =
        new PathRun(path, seed)
            .flow(congestion, 0)
            .observe(near::observer)
            .observe(far::observer)
            .run(settling, settling + effort.measured(limit));
    String title = "One " + congestion + " flow";
    String subtitle = "1 % loss, 3 % reordering by up to 25 ms, both ways, 50 ms, 100 Mbit/s";
    return new Promise(
        new Measurement(congestion, path.loss() * 100, path, result, limit),
        Map.of(
            "sequence-" + congestion + ".svg",
            near.sequencePlot(title, subtitle),
            "window-" + congestion + ".svg",
            far.windowPlot(title, subtitle)));
  }
}

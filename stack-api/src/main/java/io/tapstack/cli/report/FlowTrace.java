package io.tapstack.cli.report;

import io.tapstack.sim.SimDumbbell;
import io.tapstack.sim.SimObserver;
import org.jspecify.annotations.Nullable;

/**
 * Follows the first flow of a run for a while and draws it: a time-sequence plot of what was sent
 * and acknowledged, and the windows over time.
 */
final class FlowTrace {
  /** No more samples of the windows than this, so that a plot stays readable. */
  private static final int SAMPLES = 4000;

  private final double from;
  private final double to;
  private final Points outstanding = new Points();
  private @Nullable TimeSequence sequence;
  private double nextSample;

  /** Follows a flow between two times, in seconds of virtual time. */
  FlowTrace(double from, double to) {
    this.from = from;
    this.to = to;
    nextSample = from;
  }

  /** The observer for {@link PathRun#observe}. */
  SimObserver observer(SimDumbbell dumbbell, BulkFlow first) {
    TimeSequence frames =
        new TimeSequence(
            dumbbell.pairs().get(0).access().leftToRight(),
            dumbbell.bottleneck().leftToRight(),
            dumbbell.pairs().get(0).access().rightToLeft(),
            from,
            to);
    sequence = frames;
    return (now, wire, fate, frame, length) -> {
      frames.saw(now, wire, fate, frame, length);
      sample(now / 1e9);
    };
  }

  private void sample(double time) {
    if (time < nextSample || time > to) {
      return;
    }
    nextSample = time + (to - from) / SAMPLES;
    outstanding.add(time, seen().outstanding());
  }

  /** The time-sequence plot. */
  SvgPlot sequencePlot(String title, String subtitle) {
    TimeSequence seen = seen();
    double least = Math.min(seen.acknowledged.lowest(), seen.sent.lowest());
    double most = Math.max(seen.sent.highest(), seen.acknowledged.highest());
    SvgPlot plot =
        new SvgPlot(
            title,
            subtitle,
            Axis.linear("time, s", from, to),
            Axis.linear("sequence number, kB", least, Math.max(most * 1.02, least + 1)));
    return plot.add(
            "receiver's window edge",
            SvgPlot.Colour.GREY,
            SvgPlot.Style.STEPS,
            seen.windowEdge.x(),
            seen.windowEdge.y())
        .add(
            "acknowledged",
            SvgPlot.Colour.GREEN,
            SvgPlot.Style.STEPS,
            seen.acknowledged.x(),
            seen.acknowledged.y())
        .add(
            "selectively (SACK)",
            SvgPlot.Colour.PURPLE,
            SvgPlot.Style.BARS,
            seen.selectively.x(),
            seen.selectively.y())
        .add("sent", SvgPlot.Colour.BLUE, SvgPlot.Style.BARS, seen.sent.x(), seen.sent.y())
        .add(
            "sent again",
            SvgPlot.Colour.ORANGE,
            SvgPlot.Style.BARS,
            seen.sentAgain.x(),
            seen.sentAgain.y())
        .add("lost", SvgPlot.Colour.RED, SvgPlot.Style.CROSSES, seen.lost.x(), seen.lost.y());
  }

  /** The windows over time. */
  SvgPlot windowPlot(String title, String subtitle) {
    double most = Math.max(1, outstanding.highest());
    return new SvgPlot(
            title,
            subtitle,
            Axis.linear("time, s", from, to),
            Axis.linear("window, kB", 0, most * 1.05))
        .add(
            "sent and not acknowledged",
            SvgPlot.Colour.BLUE,
            SvgPlot.Style.STEPS,
            outstanding.x(),
            outstanding.y());
  }

  private TimeSequence seen() {
    if (sequence == null) {
      throw new IllegalStateException("nothing was observed");
    }
    return sequence;
  }
}

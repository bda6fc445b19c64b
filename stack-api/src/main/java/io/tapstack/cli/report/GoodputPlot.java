package io.tapstack.cli.report;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Goodput over whatever a sweep changes, and the limit beside it, for each congestion control. */
final class GoodputPlot {
  private GoodputPlot() {}

  static SvgPlot of(Sweep sweep, List<Measurement> measurements) {
    double least = Double.MAX_VALUE;
    double most = 0;
    Set<String> names = new LinkedHashSet<>();
    for (Measurement one : measurements) {
      least = Math.min(least, Math.min(one.goodput(), one.limit().bitsPerSecond()) / 1e6);
      most = Math.max(most, Math.max(one.goodput(), one.limit().bitsPerSecond()) / 1e6);
      names.add(one.congestion());
    }
    boolean wide = most > 5 * Math.max(least, 1e-3);
    Axis up =
        wide
            ? Axis.log("goodput, Mbit/s", Math.max(least, 1e-3) * 0.8, most * 1.25)
            : Axis.linear("goodput, Mbit/s", 0, most * 1.1);
    SvgPlot plot = new SvgPlot(sweep.title(), sweep.constant(), sweep.axis(), up);
    for (String name : names) {
      Points limit = new Points();
      Points goodput = new Points();
      for (Measurement one : measurements) {
        if (one.congestion().equals(name)) {
          limit.add(one.x(), one.limit().bitsPerSecond() / 1e6);
          goodput.add(one.x(), one.goodput() / 1e6);
        }
      }
      SvgPlot.Colour colour = colour(name);
      plot.add(name + ", the limit", colour, SvgPlot.Style.DASHES, limit.x(), limit.y());
      plot.add(name, colour, SvgPlot.Style.DOTTED_LINE, goodput.x(), goodput.y());
    }
    return plot;
  }

  private static SvgPlot.Colour colour(String congestion) {
    return switch (congestion) {
      case "reno" -> SvgPlot.Colour.ORANGE;
      case "cubic" -> SvgPlot.Colour.BLUE;
      case "bbr" -> SvgPlot.Colour.GREEN;
      default -> SvgPlot.Colour.PURPLE;
    };
  }
}

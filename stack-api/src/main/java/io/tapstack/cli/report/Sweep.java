package io.tapstack.cli.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A row of paths that differ in one thing.
 *
 * @param name of the plot's file
 * @param title what is measured against what
 * @param constant what is the same for all, in words
 * @param axis what differs
 */
record Sweep(String name, String title, String constant, Axis axis, List<Point> points) {
  private static final long MILLISECOND = 1_000_000;
  private static final long RTT = 50 * MILLISECOND;
  private static final long RATE = 100_000_000;

  /** Where {@code tapstack sim} and a sweep hold a frame back, they do so by up to one way. */
  private static final long HELD = RTT / 2;

  /** One path, and its place on the axis. */
  record Point(double x, SimPath path) {}

  /** All sweeps of the report; the quick one has fewer points. */
  static List<Sweep> all(boolean quick) {
    return List.of(loss(quick), rtt(quick), reordering(quick), rate(quick));
  }

  /** The path of the sweeps' middle. */
  static SimPath usual() {
    return SimPath.of(RTT, RATE);
  }

  /** The path of the promise: 1 % loss and 3 % reordering at 50 ms, in both directions. */
  static SimPath promised() {
    return usual().lossy(0.01).reordering(0.03, HELD).inBothDirections();
  }

  private static Sweep loss(boolean quick) {
    double[] percent = quick ? new double[] {0, 1, 5} : new double[] {0, 0.1, 0.3, 1, 2, 3, 5, 10};
    List<Point> points = new ArrayList<>();
    for (double p : percent) {
      points.add(new Point(p, usual().lossy(p / 100)));
    }
    return new Sweep(
        "loss",
        "Goodput against loss",
        "50 ms, 100 Mbit/s, queue of one bandwidth-delay product",
        Axis.logAndZero("loss of data segments, %", 0.1, 10),
        points);
  }

  private static Sweep rtt(boolean quick) {
    double[] millis =
        quick ? new double[] {10, 100} : new double[] {1, 3, 10, 20, 50, 100, 200, 300};
    List<Point> points = new ArrayList<>();
    for (double ms : millis) {
      points.add(new Point(ms, SimPath.of(Math.round(ms * MILLISECOND), RATE).lossy(0.001)));
    }
    return new Sweep(
        "rtt",
        "Goodput against round trip time",
        "0.1 % loss, 100 Mbit/s, queue of one bandwidth-delay product",
        Axis.log("round trip time, ms", 1, 300),
        points);
  }

  private static Sweep reordering(boolean quick) {
    double[] percent = quick ? new double[] {0, 3} : new double[] {0, 0.5, 1, 2, 3, 5, 10, 20};
    List<Point> points = new ArrayList<>();
    for (double p : percent) {
      points.add(new Point(p, usual().reordering(p / 100, HELD)));
    }
    return new Sweep(
        "reordering",
        "Goodput against reordering",
        "no loss, 50 ms, 100 Mbit/s, segments held back by up to 25 ms",
        Axis.linear("reordered data segments, %", 0, 20),
        points);
  }

  private static Sweep rate(boolean quick) {
    double[] megabits = quick ? new double[] {1, 50} : new double[] {1, 3, 10, 30, 100, 300, 1000};
    List<Point> points = new ArrayList<>();
    for (double rate : megabits) {
      points.add(new Point(rate, SimPath.of(RTT, Math.round(rate * 1e6))));
    }
    return new Sweep(
        "rate",
        "Goodput against the bottleneck's rate",
        "no loss but the queue's, 50 ms, queue of one bandwidth-delay product",
        Axis.log("bottleneck, Mbit/s", 1, 1000),
        points);
  }
}

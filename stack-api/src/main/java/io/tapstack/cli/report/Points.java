package io.tapstack.cli.report;

import java.util.Arrays;

/** Points of a plot, as many as come. */
final class Points {
  private double[] x = new double[64];
  private double[] y = new double[64];
  private int count;

  void add(double across, double up) {
    if (count == x.length) {
      x = Arrays.copyOf(x, 2 * count);
      y = Arrays.copyOf(y, 2 * count);
    }
    x[count] = across;
    y[count++] = up;
  }

  /** Adds a bar that stands at one place, for {@link SvgPlot.Style#BARS}. */
  void addBar(double across, double from, double to) {
    add(across, from);
    add(across, to);
  }

  int count() {
    return count;
  }

  double[] x() {
    return Arrays.copyOf(x, count);
  }

  double[] y() {
    return Arrays.copyOf(y, count);
  }

  /** The largest of the values that go up, or 0 if there is none. */
  double highest() {
    double highest = 0;
    for (int i = 0; i < count; i++) {
      highest = Math.max(highest, y[i]);
    }
    return highest;
  }

  /** The smallest of the values that go up, or 0 if there is none. */
  double lowest() {
    double lowest = count == 0 ? 0 : y[0];
    for (int i = 1; i < count; i++) {
      lowest = Math.min(lowest, y[i]);
    }
    return lowest;
  }
}

package io.tapstack.cli.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * One axis of a plot: from values to a share of its length, and the ticks.
 *
 * @param label what it shows, with its unit
 * @param least the value at its begin; on a logarithmic axis, above 0
 * @param most the value at its end
 * @param logarithmic whether equal ratios are equal distances
 * @param hasZero whether a logarithmic axis has a place for 0 as well, before its least value
 */
record Axis(String label, double least, double most, boolean logarithmic, boolean hasZero) {
  /** How much of a logarithmic axis lies between 0 and its least value. */
  private static final double ZERO_GAP = 0.08;

  /** About how many ticks a linear axis has. */
  private static final int TICKS = 6;

  /** Decades with more than this many get ticks at their powers only. */
  private static final double FEW_DECADES = 3.2;

  /** A tick at a place of the axis, with or without words. */
  record Tick(double place, String text) {}

  /** Checks the range. */
  Axis {
    if (!(most > least) || logarithmic && !(least > 0)) {
      throw new IllegalArgumentException("an axis from " + least + " to " + most);
    }
  }

  /** An axis on which equal differences are equal distances. */
  static Axis linear(String label, double least, double most) {
    return new Axis(label, least, most, false, false);
  }

  /** A logarithmic axis. */
  static Axis log(String label, double least, double most) {
    return new Axis(label, least, most, true, false);
  }

  /** A logarithmic axis with a place for 0. */
  static Axis logAndZero(String label, double least, double most) {
    return new Axis(label, least, most, true, true);
  }

  /** Where a value stands, 0 for the begin of the axis and 1 for its end; others lie outside. */
  double place(double value) {
    if (!logarithmic) {
      return (value - least) / (most - least);
    }
    double gap = hasZero ? ZERO_GAP : 0;
    if (value <= 0) {
      return hasZero ? 0 : -1;
    }
    return gap + (1 - gap) * Math.log(value / least) / Math.log(most / least);
  }

  /** The ticks, from the begin to the end. */
  List<Tick> ticks() {
    List<Tick> ticks = new ArrayList<>();
    if (logarithmic) {
      if (hasZero) {
        ticks.add(new Tick(0, "0"));
      }
      addLogTicks(ticks);
    } else {
      double step = step((most - least) / TICKS);
      long first = (long) Math.ceil(least / step - 1e-9);
      for (long i = first; i * step <= most + step * 1e-9; i++) {
        ticks.add(new Tick(place(i * step), number(i * step)));
      }
    }
    return ticks;
  }

  private void addLogTicks(List<Tick> ticks) {
    boolean few = Math.log10(most / least) <= FEW_DECADES;
    int decades = (int) Math.floor(Math.log10(least) + 1e-9);
    for (double power = Math.pow(10, decades); power <= most * 1.0001; power *= 10) {
      for (int digit = 1; digit < 10; digit++) {
        double value = power * digit;
        if (value >= least * 0.9999 && value <= most * 1.0001) {
          boolean worded = digit == 1 || few && (digit == 2 || digit == 5);
          ticks.add(new Tick(place(value), worded ? number(value) : ""));
        }
      }
    }
  }

  /** The next of 1, 2, 5, 10, 20 and so on. */
  private static double step(double about) {
    double power = Math.pow(10, Math.floor(Math.log10(about)));
    double digit = about / power;
    return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
  }

  /** A number as people write it, to six digits. */
  static String number(double value) {
    return new BigDecimal(value)
        .round(new MathContext(6, RoundingMode.HALF_UP))
        .stripTrailingZeros()
        .toPlainString();
  }
}

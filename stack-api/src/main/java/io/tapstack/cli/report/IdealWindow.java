package io.tapstack.cli.report;

import java.util.SplittableRandom;

/**
 * What a congestion control could reach on a path that loses segments at random, if everything else
 * about TCP were ideal: round by round a window is sent, every loss is noticed and repaired one
 * round trip later, nothing is ever repeated in vain and no timer expires. The formulas of {@link
 * ResponseFunction} are for losses at equal distances and large windows; this one also counts that
 * losses cluster, that no window falls below two segments, and that CUBIC grows as Reno does once
 * it has passed its last maximum (RFC 9438 section 4.3).
 */
final class IdealWindow {
  private static final long SEED = 1;
  private static final int ROUNDS = 200_000;
  private static final double LEAST = 2;

  /** One round trip of growth. */
  private interface Growth {
    double next(double window, double seconds);

    /** What is left after a loss. */
    double reduced(double window);
  }

  private IdealWindow() {}

  /**
   * The average of delivered segments per round trip, at most as many as the path carries.
   *
   * @param rtt in seconds
   * @param most segments per round trip that the bottleneck carries
   */
  static double segments(String congestion, double loss, double rtt, double most) {
    Growth growth = congestion.equals("cubic") ? new Cubic() : new Reno();
    SplittableRandom random = new SplittableRandom(SEED);
    double window = LEAST;
    double delivered = 0;
    double since = 0;
    boolean repairing = false;
    for (int round = 0; round < ROUNDS; round++) {
      double sent = Math.min(window, most);
      // The number of segments until the next loss is geometric; how many are lost is no matter.
      boolean loses = random.nextDouble() < 1 - Math.pow(1 - loss, sent);
      delivered += sent * (1 - loss);
      since += rtt;
      if (repairing) {
        // Recovery takes this round, at the reduced window; losses in it begin another one.
        repairing = false;
      } else if (!loses) {
        window = Math.min(growth.next(window, since), 2 * most);
      }
      if (loses) {
        window = Math.max(LEAST, growth.reduced(window));
        repairing = true;
        since = 0;
      }
    }
    return delivered / ROUNDS;
  }

  private static final class Reno implements Growth {
    @Override
    public double next(double window, double seconds) {
      return window + 1;
    }

    @Override
    public double reduced(double window) {
      return window / 2;
    }
  }

  /** RFC 9438 sections 4.2 to 4.7, fast convergence included. */
  private static final class Cubic implements Growth {
    private static final double BETA = ResponseFunction.CUBIC_BETA;
    private static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);

    private double lastMaximum;
    private double prior;
    private double estimate = LEAST;
    private double start = LEAST;

    @Override
    public double next(double window, double seconds) {
      estimate += (estimate < prior ? ALPHA : 1) * 1;
      double k = Math.cbrt(Math.max(0, lastMaximum - start) / ResponseFunction.CUBIC_C);
      double cubic =
          ResponseFunction.CUBIC_C * Math.pow(seconds - k, 3) + Math.max(lastMaximum, start);
      // Section 4.4: the target lies between the window and one and a half of it.
      double target = Math.min(Math.max(cubic, window), 1.5 * window);
      return Math.max(target, estimate);
    }

    @Override
    public double reduced(double window) {
      lastMaximum = window < lastMaximum ? window * (1 + BETA) / 2 : window;
      prior = window;
      start = Math.max(LEAST, window * BETA);
      estimate = start;
      return start;
    }
  }
}

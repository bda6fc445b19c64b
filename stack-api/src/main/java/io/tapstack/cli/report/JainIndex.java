package io.tapstack.cli.report;

/**
 * How evenly something is shared (Jain, Chiu and Hawe, "A Quantitative Measure of Fairness and
 * Discrimination", DEC-TR-301, 1984): 1 if all have the same, 1/n if one has all.
 */
final class JainIndex {
  private JainIndex() {}

  /** The square of the sum over n times the sum of the squares; 1 where nobody has anything. */
  static double of(double... shares) {
    double sum = 0;
    double squares = 0;
    for (double share : shares) {
      sum += share;
      squares += share * share;
    }
    return squares == 0 ? 1 : sum * sum / (shares.length * squares);
  }
}

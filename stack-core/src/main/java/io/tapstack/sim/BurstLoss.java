package io.tapstack.sim;

/**
 * Losses in bursts, by the model of Gilbert (1960) and Elliott (1963): the wire is in a good or in
 * a bad state, each with its own probability of loss, and with each frame it may change from one to
 * the other. A wire begins in the good state.
 *
 * @param goodToBad the probability that a burst begins with a frame, 0 to 1
 * @param badToGood the probability that it ends with one: bursts last 1/badToGood frames on average
 * @param lossInGood the probability that a frame is lost in the good state
 * @param lossInBad the probability that a frame is lost in the bad state
 */
public record BurstLoss(double goodToBad, double badToGood, double lossInGood, double lossInBad) {
  /** No losses. */
  public static final BurstLoss NONE = new BurstLoss(0, 1, 0, 0);

  /** Checks the ranges. */
  public BurstLoss {
    Impairment.probability("the begin of a burst", goodToBad);
    Impairment.probability("the end of a burst", badToGood);
    Impairment.probability("loss in the good state", lossInGood);
    Impairment.probability("loss in the bad state", lossInBad);
  }

  /**
   * Bursts in which every frame is lost, and none outside (Gilbert's simple model).
   *
   * @param loss the share of all frames that are lost, below 1
   * @param frames how long a burst is on average, at least 1
   */
  public static BurstLoss of(double loss, double frames) {
    if (!(loss >= 0 && loss < 1 && frames >= 1)) {
      throw new IllegalArgumentException(
          "bursts of " + frames + " frames that lose " + loss + "; expected at least 1, below 1");
    }
    double end = 1 / frames;
    // In balance as many bursts begin as end: (1 - loss) * begin = loss * end.
    return new BurstLoss(Math.min(1, loss * end / (1 - loss)), end, 0, 1);
  }

  /** The share of all frames that are lost in the long run. */
  public double mean() {
    double changes = goodToBad + badToGood;
    double bad = changes == 0 ? 0 : goodToBad / changes;
    return bad * lossInBad + (1 - bad) * lossInGood;
  }
}

package io.tapstack.tcp;

/**
 * Whether sending faster still makes delivery faster: draft-ietf-ccwg-bbr section 5.3.1.2. Three
 * round trips in which the rate has not grown by a quarter mean that it does not.
 */
final class BbrFullBandwidth {
  private static final double GROWTH = 1.25;
  private static final int ROUNDS = 3;

  private double rate;
  private int rounds;
  private boolean now;
  private boolean reached;

  /** Whether it was ever found out, so that startup is over. */
  boolean isReached() {
    return reached;
  }

  /** Whether the present attempt to send faster has found it. */
  boolean isNow() {
    return now;
  }

  /** Startup is over for another reason. */
  void reach() {
    reached = true;
  }

  /** Startup had ended for a reason that was none. */
  void unreach() {
    reached = false;
  }

  /** An attempt to send faster begins, at this rate. */
  void restart(double from) {
    rate = from;
    rounds = 0;
    now = false;
  }

  void sample(long delivered, boolean appLimited, boolean roundStart) {
    if (now || appLimited || delivered < 0) {
      return;
    }
    if (delivered >= rate * GROWTH) {
      restart(delivered);
    } else if (roundStart && ++rounds >= ROUNDS) {
      now = true;
      reached = true;
    }
  }
}

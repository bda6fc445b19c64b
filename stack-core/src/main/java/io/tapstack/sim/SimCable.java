package io.tapstack.sim;

/** Two links joined by a wire in each direction. */
public final class SimCable {
  private final SimLink left;
  private final SimLink right;
  private final SimWire leftToRight;
  private final SimWire rightToLeft;

  SimCable(SimLink left, SimLink right, SimWire leftToRight, SimWire rightToLeft) {
    this.left = left;
    this.right = right;
    this.leftToRight = leftToRight;
    this.rightToLeft = rightToLeft;
    left.sendsInto(leftToRight);
    right.sendsInto(rightToLeft);
  }

  /** One end, to be attached to a stack. */
  public SimLink left() {
    return left;
  }

  /** The other end. */
  public SimLink right() {
    return right;
  }

  public SimWire leftToRight() {
    return leftToRight;
  }

  public SimWire rightToLeft() {
    return rightToLeft;
  }

  /** Changes what both directions do to frames. */
  public void impair(Impairment impairment) {
    leftToRight.impair(impairment);
    rightToLeft.impair(impairment);
  }

  /** Cuts both directions. */
  public void cut() {
    leftToRight.cut();
    rightToLeft.cut();
  }

  /** Mends both directions. */
  public void mend() {
    leftToRight.mend();
    rightToLeft.mend();
  }
}

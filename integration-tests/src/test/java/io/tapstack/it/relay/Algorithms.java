package io.tapstack.it.relay;

import io.tapstack.stack.StackConfig;

/** The congestion controls of this stack, by the names that Linux has for them. */
final class Algorithms {
  private Algorithms() {}

  /** A stack whose connections use the algorithm. */
  static StackConfig config(String algorithm) {
    if (!algorithm.equals("reno")) {
      throw new IllegalArgumentException(
          "the stack has no congestion control \"" + algorithm + "\"; it has: reno");
    }
    return StackConfig.defaults();
  }
}

package io.tapstack.it.relay;

import io.tapstack.stack.StackConfig;
import io.tapstack.tcp.TcpConfig;

/** The congestion controls of this stack, by the names that Linux has for them. */
final class Algorithms {
  private Algorithms() {}

  /** A stack whose connections use the algorithm. */
  static StackConfig config(String algorithm) {
    return StackConfig.defaults().withTcp(TcpConfig.builder().congestionControl(algorithm).build());
  }
}

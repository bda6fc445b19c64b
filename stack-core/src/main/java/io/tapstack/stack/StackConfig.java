package io.tapstack.stack;

import io.tapstack.tcp.TcpConfig;

/**
 * What a stack is built with. Immutable.
 *
 * @param packets how many packets the stack's pool holds: what may wait in receive buffers and for
 *     neighbours, at 2 KiB each
 * @param packetSize the bytes of each, headroom included; a frame must fit
 * @param tcp the constants of TCP
 */
public record StackConfig(int packets, int packetSize, TcpConfig tcp) {
  /** 16 MiB of packets that hold a frame of 1,500 bytes each. */
  public static StackConfig defaults() {
    return new StackConfig(8192, 2048, TcpConfig.defaults());
  }

  /** The same with another number of packets. */
  public StackConfig withPackets(int count) {
    return new StackConfig(count, packetSize, tcp);
  }

  /** The same with other constants of TCP. */
  public StackConfig withTcp(TcpConfig config) {
    return new StackConfig(packets, packetSize, config);
  }
}

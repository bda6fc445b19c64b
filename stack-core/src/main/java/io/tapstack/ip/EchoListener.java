package io.tapstack.ip;

import io.tapstack.wire.IpAddress;

/** Hears of the answers to {@link EchoClient#send}. Called by the owner, inside a turn. */
public interface EchoListener {
  /**
   * An answer came.
   *
   * @param from who answered
   * @param payloadBytes how many bytes came back after the ICMP header
   * @param ttl the TTL or hop limit it arrived with
   * @param intact whether the payload is the one that was sent
   */
  void replied(
      IpAddress from, int identifier, int sequence, int payloadBytes, int ttl, boolean intact);

  /** A request did not arrive, or so somebody says. */
  void failed(IpAddress to, int identifier, int sequence, Unreachable what);
}

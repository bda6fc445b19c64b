package io.tapstack.ip;

import io.tapstack.base.StackTime;
import java.util.random.RandomGenerator;

/**
 * How many ICMP errors may be sent: a token bucket (RFC 4443 section 2.4(f), RFC 1812 section
 * 4.3.2.8) that both versions share.
 *
 * <p>A message costs one token, or at random two or three while the bucket is not full: a limit
 * that could be counted exactly would tell an attacker whether somebody else's probe was answered
 * (CVE-2020-25705).
 *
 * <p>Thread: the owner of the stack.
 */
final class IcmpLimiter {
  static final int BURST = 50;
  static final int PER_SECOND = 100;

  private static final long NANOS_PER_TOKEN = 1_000_000_000L / PER_SECOND;

  private final StackTime time;
  private final RandomGenerator random;
  private int tokens = BURST;
  private long filledAt;

  IcmpLimiter(StackTime time, RandomGenerator random) {
    this.time = time;
    this.random = random;
    filledAt = time.now();
  }

  /** Takes what a message costs; false if there is not enough. */
  boolean take() {
    long now = time.now();
    long due = (now - filledAt) / NANOS_PER_TOKEN;
    if (due >= BURST - tokens) {
      tokens = BURST;
      filledAt = now;
    } else {
      tokens += (int) due;
      filledAt += due * NANOS_PER_TOKEN;
    }
    if (tokens <= 0) {
      return false;
    }
    tokens -= tokens == BURST ? 1 : 1 + random.nextInt(3);
    return true;
  }
}

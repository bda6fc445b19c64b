package io.tapstack.tcp;

import io.tapstack.wire.TcpHeader;

/**
 * Answers to segments that are not acceptable, and the challenge ACKs of RFC 5961: the peer is told
 * where we are, but neither in a loop nor as often as somebody else wants.
 */
final class ChallengeAck {
  /** Answers to unacceptable segments without data at most this often, so no ACK loop can form. */
  private static final long INVALID_ACK_INTERVAL = 500_000_000;

  private final Tcp tcp;
  private final Segment seg;

  ChallengeAck(Tcp tcp, Segment segment) {
    this.tcp = tcp;
    seg = segment;
  }

  /** Answers a segment that is not acceptable with an ACK, but never in a loop. */
  void answerInvalid(TcpConnection c) {
    boolean bare = seg.length == 0 || seg.has(TcpHeader.SYN);
    if (bare && !mayAnswer(c)) {
      tcp.counters.invalidAcksSuppressed++;
      return;
    }
    c.ackNow = true;
  }

  /** RFC 5961: the peer proves itself by an exact RST if it really means it. */
  void challenge(TcpConnection c) {
    if (mayAnswer(c)) {
      tcp.counters.challengeAcks++;
      c.ackNow = true;
    } else {
      tcp.counters.invalidAcksSuppressed++;
    }
  }

  /** RFC 5961 section 7, per connection: a shared count would be a side channel (CVE-2016-5696). */
  private boolean mayAnswer(TcpConnection c) {
    long now = tcp.time.now();
    if (c.lastInvalidAckTime != Long.MIN_VALUE
        && now - c.lastInvalidAckTime < INVALID_ACK_INTERVAL) {
      return false;
    }
    c.lastInvalidAckTime = now;
    return true;
  }
}

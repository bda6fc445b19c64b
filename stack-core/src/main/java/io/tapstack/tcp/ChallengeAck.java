package io.tapstack.tcp;

import io.tapstack.wire.TcpHeader;

/**
 * Answers to segments that are not acceptable, and the challenge ACKs of RFC 5961: the peer is told
 * where we are, but neither in a loop nor as often as somebody else wants.
 */
final class ChallengeAck {
  private final Tcp tcp;
  private final Segment seg;

  ChallengeAck(Tcp tcp, Segment segment) {
    this.tcp = tcp;
    seg = segment;
  }

  /** Answers a segment that is not acceptable with an ACK, but never in a loop. */
  void answerInvalid(TcpConnection c) {
    if (mayAnswerInvalid(c)) {
      c.ackNow = true;
    }
  }

  /** RFC 5961: the peer proves itself by an exact RST if it really means it. */
  void challenge(TcpConnection c) {
    if (mayChallenge(c)) {
      c.ackNow = true;
    }
  }

  /** Whether the current segment, which is not acceptable, is answered with an ACK. */
  boolean mayAnswerInvalid(Flow flow) {
    boolean bare = seg.length == 0 || seg.has(TcpHeader.SYN);
    if (bare && !mayAnswer(flow)) {
      tcp.counters.invalidAcksSuppressed++;
      return false;
    }
    return true;
  }

  /** Whether a challenge ACK is sent; counts it. */
  boolean mayChallenge(Flow flow) {
    if (mayAnswer(flow)) {
      tcp.counters.challengeAcks++;
      return true;
    }
    tcp.counters.invalidAcksSuppressed++;
    return false;
  }

  /**
   * RFC 5961 section 7, per connection, so that no ACK loop can form either: a shared count would
   * be a side channel (CVE-2016-5696).
   */
  private boolean mayAnswer(Flow flow) {
    long now = tcp.time.now();
    if (flow.lastInvalidAckTime != Long.MIN_VALUE
        && now - flow.lastInvalidAckTime < tcp.config.invalidAckIntervalNanos()) {
      return false;
    }
    flow.lastInvalidAckTime = now;
    return true;
  }
}

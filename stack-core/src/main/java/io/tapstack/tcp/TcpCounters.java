package io.tapstack.tcp;

/**
 * What happened in TCP since the stack began, after the TCP group of RFC 4022 and Linux's extended
 * counters. Every drop has one.
 *
 * <p>Thread: written by the owner of the stack; a reader elsewhere may see slightly old values.
 */
public final class TcpCounters {
  long activeOpens;
  long passiveOpens;
  long attemptFails;
  long establishedResets;
  long inSegments;
  long outSegments;
  long retransmittedSegments;
  long fastRetransmits;
  long timeouts;
  long negativeAdvice;
  long lossProbes;
  long spuriousRecoveries;
  long spuriousTimeouts;
  long sackReneging;
  long inErrors;
  long outResets;
  long resetsSuppressed;
  long challengeAcks;
  long invalidAcksSuppressed;
  long pawsDrops;
  long outOfOrderQueued;
  long outOfOrderDropped;
  long outOfOrderPruned;
  long pruneCalls;
  long receiveCollapsed;
  long receiveMemoryDrops;
  long receiveBuffersFrozen;
  long sendBuffersFrozen;
  long duplicatesOld;
  long duplicatesOutOfOrder;
  long delayedAcks;
  long zeroWindowsSent;
  long windowsReopened;
  long synQueueDrops;
  long synCookiesSent;
  long synCookiesReceived;
  long synCookiesFailed;
  long acceptQueueDrops;
  long connectionLimitDrops;
  long memoryPressureDrops;
  long timeWaitRecycled;
  long zeroWindowProbes;
  long keepAliveProbes;
  long orphansAborted;
  long unsent;
  long congestionMarks;
  long icmpErrorsIgnored;
  long pathMtuReductions;
  long mtuBlackHoles;
  long mtuProbes;
  long mtuProbesLost;

  TcpCounters() {}

  /** ICMP errors about no segment that could have caused them (RFC 5927 section 4). */
  public long icmpErrorsIgnored() {
    return icmpErrorsIgnored;
  }

  /** How often the path of a connection was found to carry less than was known. */
  public long pathMtuReductions() {
    return pathMtuReductions;
  }

  /** How often segments were cut because large ones timed out and no router said why. */
  public long mtuBlackHoles() {
    return mtuBlackHoles;
  }

  /** Segments sent to find out whether the path carries larger ones (RFC 4821). */
  public long mtuProbes() {
    return mtuProbes;
  }

  /** Those of them that were lost because it does not. */
  public long mtuProbesLost() {
    return mtuProbesLost;
  }

  /** Connections begun by us. */
  public long activeOpens() {
    return activeOpens;
  }

  /** Connections begun by peers. */
  public long passiveOpens() {
    return passiveOpens;
  }

  /** Handshakes that did not complete. */
  public long attemptFails() {
    return attemptFails;
  }

  /** Established connections that a RST ended, either side's. */
  public long establishedResets() {
    return establishedResets;
  }

  /** Segments received, bad ones included. */
  public long inSegments() {
    return inSegments;
  }

  /** Segments sent, without retransmissions. */
  public long outSegments() {
    return outSegments;
  }

  /** Segments sent again. */
  public long retransmittedSegments() {
    return retransmittedSegments;
  }

  /** Losses repaired by fast retransmit. */
  public long fastRetransmits() {
    return fastRetransmits;
  }

  /** Retransmission timeouts. */
  public long timeouts() {
    return timeouts;
  }

  /** Segments dropped for a bad header or checksum. */
  public long inErrors() {
    return inErrors;
  }

  /** RSTs sent. */
  public long outResets() {
    return outResets;
  }

  /** RSTs not sent because of the rate limit. */
  public long resetsSuppressed() {
    return resetsSuppressed;
  }

  /** Challenge ACKs of RFC 5961 sent. */
  public long challengeAcks() {
    return challengeAcks;
  }

  /** Answers to unacceptable segments without data, held back so that no ACK loop can form. */
  public long invalidAcksSuppressed() {
    return invalidAcksSuppressed;
  }

  /** Segments dropped by PAWS, RFC 7323 section 5. */
  public long pawsDrops() {
    return pawsDrops;
  }

  /** Segments put into an out-of-order store. */
  public long outOfOrderQueued() {
    return outOfOrderQueued;
  }

  /** Out-of-order segments dropped because the store or the packet pool is short. */
  public long outOfOrderDropped() {
    return outOfOrderDropped;
  }

  /** Packets taken out of an out-of-order store again, for nearer ones or for want of memory. */
  public long outOfOrderPruned() {
    return outOfOrderPruned;
  }

  /** How often the largest out-of-order store was halved because the packet pool is short. */
  public long pruneCalls() {
    return pruneCalls;
  }

  /** Payloads that joined the packet of their neighbour, in order or not. */
  public long receiveCollapsed() {
    return receiveCollapsed;
  }

  /** D-SACKs of data below the acknowledgment number. */
  public long duplicatesOld() {
    return duplicatesOld;
  }

  /** D-SACKs of data that waited beyond a hole. */
  public long duplicatesOutOfOrder() {
    return duplicatesOutOfOrder;
  }

  /** ACKs that waited for as long as they may. */
  public long delayedAcks() {
    return delayedAcks;
  }

  /** How often a window was shut that had been open. */
  public long zeroWindowsSent() {
    return zeroWindowsSent;
  }

  /** How often a peer was told that a window opened again. */
  public long windowsReopened() {
    return windowsReopened;
  }

  /** How often a receive buffer did not grow because the packet pool is short. */
  public long receiveBuffersFrozen() {
    return receiveBuffersFrozen;
  }

  /** How often a send buffer did not grow because all of them have as much as they may. */
  public long sendBuffersFrozen() {
    return sendBuffersFrozen;
  }

  /** In-order segments dropped because the packet pool is nearly empty. */
  public long receiveMemoryDrops() {
    return receiveMemoryDrops;
  }

  /** SYNs dropped because a listener's queue of half-open connections is full. */
  public long synQueueDrops() {
    return synQueueDrops;
  }

  /** SYNs answered with a cookie (RFC 4987 section 3.6), not remembered. */
  public long synCookiesSent() {
    return synCookiesSent;
  }

  /** ACKs that brought back a cookie of ours. */
  public long synCookiesReceived() {
    return synCookiesReceived;
  }

  /** ACKs that came while cookies were out, and brought none. */
  public long synCookiesFailed() {
    return synCookiesFailed;
  }

  /** SYNs and final ACKs dropped because a listener's accept queue is full. */
  public long acceptQueueDrops() {
    return acceptQueueDrops;
  }

  /** SYNs dropped because the stack holds as many connections as it may. */
  public long connectionLimitDrops() {
    return connectionLimitDrops;
  }

  /** SYNs dropped because the packet pool is all but empty. */
  public long memoryPressureDrops() {
    return memoryPressureDrops;
  }

  /** TIME-WAIT connections ended early to make room. */
  public long timeWaitRecycled() {
    return timeWaitRecycled;
  }

  /** Zero-window probes sent. */
  public long zeroWindowProbes() {
    return zeroWindowProbes;
  }

  /** Timeouts after which IP was told to verify the next hop. */
  public long negativeAdvice() {
    return negativeAdvice;
  }

  /** Keepalive probes sent. */
  public long keepAliveProbes() {
    return keepAliveProbes;
  }

  /** Closed connections aborted because the peer kept its window shut. */
  public long orphansAborted() {
    return orphansAborted;
  }

  /** Segments with text that met congestion on their way, as ECN marks them (CE). */
  public long congestionMarks() {
    return congestionMarks;
  }

  /** Segments that IP or the link refused. */
  public long unsent() {
    return unsent;
  }

  /** Tail loss probes sent (RFC 8985 section 7). */
  public long lossProbes() {
    return lossProbes;
  }

  /** Recoveries and timeouts that proved spurious and were undone. */
  public long spuriousRecoveries() {
    return spuriousRecoveries;
  }

  /** Of these, the timeouts. */
  public long spuriousTimeouts() {
    return spuriousTimeouts;
  }

  /** Timeouts that found that the peer had thrown away what it said it held (RFC 2018). */
  public long sackReneging() {
    return sackReneging;
  }
}

package io.tapstack.tcp;

import io.tapstack.base.Timer;

/**
 * Repeats the SYN-ACK of a half-open connection, each time after twice the time, and forgets it at
 * last: no RST is sent then, for a SYN from a forged address must not draw more than it has to.
 */
final class SynAckTimer extends Timer {
  /** So often a SYN-ACK is repeated while the queue is crowded. */
  private static final int CROWDED_RETRIES = 2;

  private final Tcp tcp;
  private final HalfOpen h;

  SynAckTimer(Tcp tcp, HalfOpen h) {
    this.tcp = tcp;
    this.h = h;
  }

  void begin() {
    tcp.wheel.schedule(this, tcp.time.now() + interval());
  }

  private long interval() {
    long interval = tcp.config.initialRtoNanos() << Math.min(h.retransmissions, 16);
    return Math.min(interval, tcp.config.maxRtoNanos());
  }

  @Override
  protected void fire(long now) {
    int retries = tcp.config.synAckRetries();
    if (h.listener.synQueue.isCrowded()) {
      retries = Math.min(retries, CROWDED_RETRIES);
    }
    if (h.retransmissions >= retries) {
      tcp.counters.attemptFails++;
      tcp.forget(h);
      return;
    }
    tcp.counters.timeouts++;
    if (++h.retransmissions >= TcpExpiry.R1) {
      tcp.suspectNextHop(h); // RFC 9293 section 3.8.3, MUST-20 (a)
    }
    h.sentTime = now;
    tcp.replies.synAck(h, true);
    begin();
  }
}

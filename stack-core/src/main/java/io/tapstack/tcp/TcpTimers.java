package io.tapstack.tcp;

import io.tapstack.base.Timer;
import io.tapstack.base.TimerWheel;
import java.util.Arrays;

/**
 * The timers of one connection behind one entry of the stack's wheel. Setting a timer to a later
 * time, as every ACK does with the retransmission timer, only writes a field: the wheel's entry
 * fires at the old time, finds nothing due and moves on.
 */
final class TcpTimers extends Timer {
  // Of those that are due at once, the first comes first: a probe takes the place of a timeout.

  /** RFC 8985 section 6.2 step 5: what left long enough ago counts as lost. */
  static final int REORDERING = 0;

  /** RFC 8985 section 7.2: PTO. */
  static final int LOSS_PROBE = 1;

  static final int RETRANSMIT = 2;
  static final int DELAYED_ACK = 3;
  static final int PERSIST = 4;
  static final int KEEP_ALIVE = 5;

  /** The wait of a closed connection in FIN-WAIT-2. */
  static final int LINGER = 6;

  /** The pacer lets the next segment leave. */
  static final int PACE = 7;

  private static final int KINDS = 8;
  private static final long OFF = TimerWheel.NONE;

  private final TcpConnection connection;
  private final long[] deadlines = new long[KINDS];

  TcpTimers(TcpConnection connection) {
    this.connection = connection;
    Arrays.fill(deadlines, OFF);
  }

  boolean isSet(int kind) {
    return deadlines[kind] != OFF;
  }

  /** When a timer is due, or {@link TimerWheel#NONE}. */
  long deadline(int kind) {
    return deadlines[kind];
  }

  void set(int kind, long deadline) {
    deadlines[kind] = deadline;
    if (!isScheduled() || deadline < deadline()) {
      connection.tcp.wheel.schedule(this, deadline);
    }
  }

  void clear(int kind) {
    deadlines[kind] = OFF;
  }

  void clearAll() {
    Arrays.fill(deadlines, OFF);
    connection.tcp.wheel.cancel(this);
  }

  @Override
  protected void fire(long now) {
    for (int kind = 0; kind < KINDS; kind++) {
      if (deadlines[kind] <= now) {
        deadlines[kind] = OFF;
        connection.tcp.expiry.expired(connection, kind);
      }
    }
    long next = OFF;
    for (long deadline : deadlines) {
      next = Math.min(next, deadline);
    }
    if (next != OFF && (!isScheduled() || next < deadline())) {
      connection.tcp.wheel.schedule(this, next);
    }
  }
}

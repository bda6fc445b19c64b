package io.tapstack.tcp;

/**
 * The connections that are over but for the network: TIME-WAIT, and FIN-WAIT-2 of those that the
 * application has closed, each as a {@link TimeWait} record. Bounded: whoever ends first anyway
 * gives way (attack row 62: port churn cannot fill memory).
 *
 * <p>Thread: the owner of the stack.
 */
final class TimeWaitTable {
  private final Tcp tcp;
  private final TimeWaitQueue timeWait;
  private final TimeWaitQueue finWait2;

  TimeWaitTable(Tcp tcp) {
    this.tcp = tcp;
    timeWait = new TimeWaitQueue(this, tcp.wheel, tcp.config.timeWaitNanos());
    finWait2 = new TimeWaitQueue(this, tcp.wheel, tcp.config.finWait2Nanos());
  }

  /** How many are in TIME-WAIT. */
  int timeWaiting() {
    return timeWait.size();
  }

  /** A record takes the place of a connection that enters a state. */
  void enter(TcpConnection c, TcpState state) {
    if (c.ackNow) {
      tcp.output.sendAck(c); // before the record is made, which is to know the window that it tells
    }
    TimeWait t = new TimeWait(c, state);
    tcp.replace(c, t);
    c.timers.clearAll();
    c.outOfOrder.releaseAll();
    c.refuseWrites();
    Tcp.releaseBuffers(c);
    c.timeWait = t;
    c.state = state;
    queue(state).add(t, tcp.time.now());
    if (timeWait.size() + finWait2.size() > tcp.config.maxTimeWait()) {
      recycle();
    }
  }

  private TimeWaitQueue queue(TcpState state) {
    return state == TcpState.TIME_WAIT ? timeWait : finWait2;
  }

  private void recycle() {
    TimeWait a = timeWait.oldest();
    TimeWait b = finWait2.oldest();
    TimeWait first = a == null || b != null && b.expiry - a.expiry < 0 ? b : a;
    if (first != null) {
      tcp.counters.timeWaitRecycled++;
      end(first);
    }
  }

  /** The peer's FIN has come: FIN-WAIT-2 becomes TIME-WAIT. */
  void finished(TimeWait t) {
    finWait2.remove(t);
    t.rcvNxt++;
    t.state = TcpState.TIME_WAIT;
    timeWait.add(t, tcp.time.now());
  }

  /** RFC 9293 section 3.10.7.4: a retransmitted FIN starts the 2 MSL anew. */
  void restart(TimeWait t) {
    timeWait.remove(t);
    timeWait.add(t, tcp.time.now());
  }

  /** CLOSED. */
  void end(TimeWait t) {
    if (t.state == TcpState.CLOSED) {
      return;
    }
    queue(t.state).remove(t);
    t.state = TcpState.CLOSED;
    tcp.remove(t);
    TcpConnection c = t.connection;
    if (c != null) {
      t.connection = null;
      c.events.changed(TcpEvents.READABLE | TcpEvents.WRITABLE | TcpEvents.CLOSED);
    }
  }
}

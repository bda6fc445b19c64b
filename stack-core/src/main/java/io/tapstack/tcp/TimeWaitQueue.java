package io.tapstack.tcp;

import io.tapstack.base.Timer;
import io.tapstack.base.TimerWheel;
import org.jspecify.annotations.Nullable;

/**
 * Records that all wait equally long: the one that came first ends first, so a list and one timer
 * are enough, however many there are.
 */
final class TimeWaitQueue extends Timer {
  private final TimeWaitTable table;
  private final TimerWheel wheel;
  private final long duration;
  private @Nullable TimeWait oldest;
  private @Nullable TimeWait newest;
  private int size;

  TimeWaitQueue(TimeWaitTable table, TimerWheel wheel, long duration) {
    this.table = table;
    this.wheel = wheel;
    this.duration = duration;
  }

  int size() {
    return size;
  }

  @Nullable TimeWait oldest() {
    return oldest;
  }

  void add(TimeWait t, long now) {
    t.expiry = now + duration;
    TimeWait last = newest;
    t.older = last;
    t.newer = null;
    if (last == null) {
      oldest = t;
    } else {
      last.newer = t;
    }
    newest = t;
    size++;
    if (!isScheduled()) {
      wheel.schedule(this, t.expiry);
    }
  }

  void remove(TimeWait t) {
    TimeWait older = t.older;
    TimeWait newer = t.newer;
    if (older == null) {
      oldest = newer;
    } else {
      older.newer = newer;
    }
    if (newer == null) {
      newest = older;
    } else {
      newer.older = older;
    }
    t.older = null;
    t.newer = null;
    size--;
    if (size == 0) {
      wheel.cancel(this); // otherwise it fires early, finds nothing due and moves on
    }
  }

  @Override
  protected void fire(long now) {
    for (TimeWait t; (t = oldest) != null && t.expiry <= now; ) {
      table.end(t);
    }
    TimeWait next = oldest;
    if (next != null && !isScheduled()) {
      wheel.schedule(this, next.expiry);
    }
  }
}

package io.tapstack.base;

import org.jspecify.annotations.Nullable;

/**
 * Timers in a hierarchical wheel: scheduling and cancelling cost the same however many there are,
 * and nothing is allocated.
 *
 * <p>Four levels of 256 slots; a slot of the lowest level spans 2^20 ns (about a millisecond), one
 * of each further level 256 times as much, so the wheel reaches about 52 days and clamps what lies
 * beyond. Deadlines keep their nanosecond: a timer never fires early, and {@link #advance} fires in
 * the order of deadlines within a millisecond's slot only loosely, but never past one that the
 * caller's time has not reached.
 *
 * <p>Thread: one, the owner of the stack.
 */
public final class TimerWheel {
  /** What {@link #nextDeadline()} says when no timer is scheduled. */
  public static final long NONE = Long.MAX_VALUE;

  private static final int TICK_SHIFT = 20;
  private static final int SLOT_BITS = 8;
  private static final int SLOTS = 1 << SLOT_BITS;
  private static final int LEVELS = 4;
  private static final long REACH = 1L << (SLOT_BITS * LEVELS);

  private final @Nullable Timer[] heads = new Timer[SLOTS * LEVELS];
  private final long[] occupied = new long[SLOTS * LEVELS / 64];
  private long tick;
  private int size;
  private long cachedNext = NONE;
  private boolean cacheValid = true;

  /**
   * Creates an empty wheel.
   *
   * @param now the current time in nanoseconds
   */
  public TimerWheel(long now) {
    tick = now >> TICK_SHIFT;
  }

  /** How many timers are scheduled. */
  public int size() {
    return size;
  }

  /** Schedules a timer, or moves it if it is scheduled already. */
  public void schedule(Timer timer, long deadline) {
    if (timer.slot >= 0) {
      if (timer.deadline == deadline) {
        return;
      }
      unlink(timer);
      size--;
      forgetIfNext(timer.deadline);
    }
    timer.deadline = deadline;
    link(timer);
    size++;
    if (cacheValid && deadline < cachedNext) {
      cachedNext = deadline;
    }
  }

  /** Takes a timer out; does nothing if it is not scheduled. */
  public void cancel(Timer timer) {
    if (timer.slot >= 0) {
      unlink(timer);
      size--;
      forgetIfNext(timer.deadline);
    }
  }

  /**
   * A time no later than the earliest deadline; {@link #NONE} if no timer is scheduled. It is
   * earlier than that deadline only while the timer stands in one of the coarser levels: a turn at
   * this time then fires nothing and makes the next answer finer.
   */
  public long nextDeadline() {
    if (!cacheValid) {
      cachedNext = findNext();
      cacheValid = true;
    }
    return cachedNext;
  }

  /**
   * Fires every timer whose deadline has come.
   *
   * @param now the current time in nanoseconds; never runs backwards
   * @return how many fired
   */
  public int advance(long now) {
    if (nextDeadline() > now) {
      return 0; // the tick catches up when there is something to do
    }
    int fired = 0;
    long target = now >> TICK_SHIFT;
    while (true) {
      fired += expire((int) (tick & (SLOTS - 1)), now);
      if (tick >= target) {
        break;
      }
      tick = nextTick(target);
      if ((tick & (SLOTS - 1)) == 0) {
        cascade();
      }
    }
    cacheValid = false;
    return fired;
  }

  /**
   * The next tick, at most target, that has something in its lowest slot or where a slot of a
   * coarser level is taken apart. Spans in which nothing stands cost nothing, so that days of
   * virtual time pass at once.
   */
  private long nextTick(long target) {
    int slot = nextOccupied((int) (tick & (SLOTS - 1)) + 1, SLOTS);
    if (slot >= 0) {
      return Math.min(target, (tick & -SLOTS) + slot);
    }
    long next = findNext();
    return next == NONE ? target : Math.min(target, Math.max(tick + 1, next >> TICK_SHIFT));
  }

  private int expire(int slot, long now) {
    int fired = 0;
    Timer timer = heads[slot];
    while (timer != null) {
      Timer following = timer.next;
      if (timer.deadline <= now) {
        unlink(timer);
        size--;
        cacheValid = false;
        timer.fire(now);
        fired++;
        // What fire() did may have unlinked the following one: start over, the slot is short.
        following = heads[slot];
      }
      timer = following;
    }
    return fired;
  }

  private void cascade() {
    int level = 1;
    while (level < LEVELS) {
      int index = (int) (tick >> (SLOT_BITS * level)) & (SLOTS - 1);
      int slot = level * SLOTS + index;
      Timer timer = heads[slot];
      heads[slot] = null;
      occupied[slot >> 6] &= ~(1L << slot);
      while (timer != null) {
        Timer following = timer.next;
        link(timer);
        timer = following;
      }
      if (index != 0) {
        break;
      }
      level++;
    }
  }

  private void link(Timer timer) {
    long due = Math.max(timer.deadline >> TICK_SHIFT, tick);
    long distance = due - tick;
    if (distance >= REACH) {
      due = tick + REACH - 1;
      distance = REACH - 1;
    }
    int level = 0;
    while (level < LEVELS - 1 && distance >= 1L << (SLOT_BITS * (level + 1))) {
      level++;
    }
    int slot = level * SLOTS + ((int) (due >> (SLOT_BITS * level)) & (SLOTS - 1));
    Timer head = heads[slot];
    timer.slot = slot;
    timer.previous = null;
    timer.next = head;
    if (head != null) {
      head.previous = timer;
    }
    heads[slot] = timer;
    occupied[slot >> 6] |= 1L << slot;
  }

  private void unlink(Timer timer) {
    Timer before = timer.previous;
    Timer after = timer.next;
    if (before != null) {
      before.next = after;
    } else {
      heads[timer.slot] = after;
      if (after == null) {
        occupied[timer.slot >> 6] &= ~(1L << timer.slot);
      }
    }
    if (after != null) {
      after.previous = before;
    }
    timer.next = null;
    timer.previous = null;
    timer.slot = -1;
  }

  private void forgetIfNext(long deadline) {
    if (deadline <= cachedNext || size == 0) {
      cacheValid = false;
    }
  }

  private long findNext() {
    if (size == 0) {
      return NONE;
    }
    long earliest = NONE;
    for (int level = 0; level < LEVELS; level++) {
      int current = (int) (tick >> (SLOT_BITS * level)) & (SLOTS - 1);
      int base = level * SLOTS;
      // On a higher level the current slot was cascaded: what is there now is a whole turn away.
      int from = level == 0 ? current : current + 1;
      int slot = nextOccupied(base + from, base + SLOTS);
      long turn = tick >> (SLOT_BITS * (level + 1));
      if (slot < 0) {
        slot = nextOccupied(base, base + from);
        turn++;
      }
      if (slot < 0) {
        continue;
      }
      if (level == 0) {
        for (Timer timer = heads[slot]; timer != null; timer = timer.next) {
          earliest = Math.min(earliest, timer.deadline);
        }
      } else {
        long start = ((turn << SLOT_BITS) + (slot - base)) << (SLOT_BITS * level);
        earliest = Math.min(earliest, start << TICK_SHIFT);
      }
    }
    return earliest;
  }

  private int nextOccupied(int from, int end) {
    int position = from;
    while (position < end) {
      long word = occupied[position >> 6] >>> (position & 63);
      if (word != 0) {
        int found = position + Long.numberOfTrailingZeros(word);
        return found < end ? found : -1;
      }
      position = (position | 63) + 1;
    }
    return -1;
  }
}

package io.tapstack.sim;

import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A network in one thread: a virtual clock and what happens on it. See the package's text.
 *
 * <p>Thread: one at a time. A callback (an observer, an action, a condition) may call into the
 * network, but not run it.
 */
public final class SimNetwork {
  /** The MTU of cables that do not say another, RFC 894. */
  public static final int DEFAULT_MTU = 1500;

  /** The memory for frames in flight unless told otherwise, in bytes. */
  public static final long DEFAULT_MEMORY = 64L << 20;

  /** So many rounds without time passing mean that it never will. */
  private static final int STUCK = 1_000_000;

  private static final BooleanSupplier NEVER = () -> false;

  private final SplittableRandom random;
  private final SimFramePool frames;
  private final PriorityQueue<SimEvent> events = new PriorityQueue<>();
  private final List<SimParticipant> participants = new ArrayList<>();
  private @Nullable SimObserver observer;
  private long now;
  private long planned;
  private int links;
  private boolean running;

  /** Whether somebody else may have called into a stack, which then needs a turn. */
  private boolean touched;

  /** Creates a network at time 0, with {@link #DEFAULT_MEMORY}. */
  public SimNetwork(long seed) {
    this(seed, DEFAULT_MEMORY);
  }

  /**
   * Creates a network at time 0.
   *
   * @param seed the only source of chance
   * @param memory the most bytes that frames in flight take; what finds none is dropped and counted
   */
  public SimNetwork(long seed, long memory) {
    random = new SplittableRandom(seed);
    frames = new SimFramePool(memory);
  }

  /** Virtual time, in nanoseconds. */
  public long now() {
    return now;
  }

  /** The time so many nanoseconds from now. */
  public long after(long nanos) {
    return now + nanos;
  }

  /** A generator for a stack or an application of this network, split off the one seed. */
  public RandomGenerator newRandom() {
    return random.split();
  }

  /** Shows every frame to an observer; null shows them to nobody. */
  public void observe(@Nullable SimObserver by) {
    observer = by;
  }

  // ---- building ----

  /** Gives something a life on this clock. */
  public void add(SimParticipant participant) {
    participants.add(participant);
  }

  /** Gives a stack a life on this clock. Its time must not be ahead of the network's. */
  public SimHost add(String name, NetworkStack stack) {
    SimHost host = new SimHost(name, stack);
    participants.add(host);
    return host;
  }

  /** A host with a new stack, whose chance comes from this network's seed. */
  public SimHost newHost(String name, StackConfig config) {
    return add(name, new NetworkStack(config, newRandom(), now));
  }

  /** Joins two hosts by a cable of the default MTU, the same in both directions. */
  public SimCable connect(SimHost a, SimHost b, Impairment impairment) {
    return connect(a, b, impairment, impairment);
  }

  /** Joins two hosts by a cable of the default MTU, with an impairment per direction. */
  public SimCable connect(SimHost a, SimHost b, Impairment fromA, Impairment fromB) {
    SimCable cable = cable(a.name(), b.name(), DEFAULT_MTU, fromA, fromB);
    a.attach(cable.left());
    b.attach(cable.right());
    return cable;
  }

  /** Plugs a host into a switch by a cable of the default MTU, the same in both directions. */
  public SimCable connect(SimHost host, SimSwitch bridge, Impairment impairment) {
    SimCable cable = bridge.plug(host.name(), impairment);
    host.attach(cable.left());
    return cable;
  }

  /** A cable of the default MTU whose ends are free. */
  public SimCable cable(String left, String right, Impairment impairment) {
    return cable(left, right, DEFAULT_MTU, impairment, impairment);
  }

  /** A cable whose ends are free, with its own MTU and an impairment per direction. */
  public SimCable cable(
      String left, String right, int mtu, Impairment leftToRight, Impairment rightToLeft) {
    SimLink leftLink = new SimLink(this, left, nextMac(), mtu);
    SimLink rightLink = new SimLink(this, right, nextMac(), mtu);
    return new SimCable(
        leftLink,
        rightLink,
        new SimWire(this, leftLink, rightLink, leftToRight, random.split()),
        new SimWire(this, rightLink, leftLink, rightToLeft, random.split()));
  }

  /** A switch without cables. */
  public SimSwitch bridge(String name) {
    return new SimSwitch(this, name);
  }

  /** 02:53:49:4d:xx:xx, locally administered, in the order of creation. */
  private long nextMac() {
    return 0x0253_494d_0000L + ++links;
  }

  /** Plans an action of the user's, such as cutting a cable. */
  public void at(long time, Runnable action) {
    SimEvent event =
        new SimEvent() {
          @Override
          void happen() {
            action.run();
            touched = true;
          }
        };
    plan(event, Math.max(time, now));
  }

  // ---- running ----

  /** Runs until a time, which is then {@link #now()}. */
  public void run(long until) {
    runUntil(NEVER, until);
  }

  /**
   * Runs until a condition holds. It is asked at every instant at which something happened, after
   * everything of that instant is done, and may itself read, write and call into stacks.
   *
   * @param limit the time at which to give up
   * @return whether the condition holds; if not, it is {@code limit} now
   */
  public boolean runUntil(BooleanSupplier condition, long limit) {
    begin();
    try {
      while (true) {
        settle();
        if (condition != NEVER) {
          if (condition.getAsBoolean()) {
            return true;
          }
          touched = true; // whatever the condition did to a stack is done at this instant
          settle();
        }
        long next = nextTime();
        if (next > limit) {
          break;
        }
        advance(next);
      }
      advance(limit);
      return condition.getAsBoolean();
    } finally {
      running = false;
    }
  }

  /**
   * Runs until nothing is left to happen: no frame in flight, no action planned, no timer set.
   *
   * @param limit the time at which to give up
   * @return whether nothing is left; if something is, it is {@code limit} now
   */
  public boolean runUntilIdle(long limit) {
    return runUntil(() -> nextTime() == Long.MAX_VALUE, limit);
  }

  /** Whether nothing is left to happen. */
  public boolean isIdle() {
    return nextTime() == Long.MAX_VALUE;
  }

  private void advance(long time) {
    if (time > now) {
      now = time;
      for (int i = 0; i < participants.size(); i++) {
        participants.get(i).advance(now);
      }
    }
  }

  private void begin() {
    if (running) {
      throw new IllegalStateException(
          "the network is running already; a callback may call into it, but not run it");
    }
    running = true;
    touched = true; // whatever was done to a stack between two runs
  }

  /**
   * When the next thing happens, for whoever runs the network on another clock; {@link
   * Long#MAX_VALUE} if nothing will.
   */
  public long nextTime() {
    SimEvent event = events.peek();
    long next = event == null ? Long.MAX_VALUE : event.time;
    for (int i = 0; i < participants.size(); i++) {
      next = Math.min(next, participants.get(i).nextDeadline());
    }
    return next;
  }

  /** Everything that happens at this instant, until nothing more does. */
  private void settle() {
    for (int rounds = 0; rounds < STUCK; rounds++) {
      boolean busy = false;
      SimEvent event = events.peek();
      while (event != null && event.time <= now) {
        events.remove();
        event.happen();
        busy = true;
        event = events.peek();
      }
      boolean everybody = touched;
      touched = false;
      for (int i = 0; i < participants.size(); i++) {
        SimParticipant participant = participants.get(i);
        if (everybody || participant.nextDeadline() <= now) {
          participant.turn(now);
          busy = true;
        }
      }
      if (!busy) {
        return;
      }
    }
    throw new IllegalStateException(
        "at "
            + now
            + " ns the network went through "
            + STUCK
            + " rounds without time passing; give the cables a delay, or look for a participant"
            + " whose deadline never moves on");
  }

  // ---- for the rest of the package ----

  void plan(SimEvent event, long time) {
    event.time = time;
    event.order = planned++;
    events.add(event);
  }

  SimFramePool frames() {
    return frames;
  }

  @Nullable SimObserver observer() {
    return observer;
  }

  /** How many frames are in flight or wait to be read. */
  public int framesOutstanding() {
    return frames.outstanding();
  }
}

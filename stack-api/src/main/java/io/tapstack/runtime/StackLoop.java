package io.tapstack.runtime;

import io.tapstack.base.TimerWheel;
import io.tapstack.ip.IpInterface;
import io.tapstack.link.Link;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Drives a stack over real links, with one thread that bears the stack's name.
 *
 * <p>The thread owns the stack while it takes in what the links have received, fires what is due
 * and sends; then it lets go, makes the calls into the application, and waits in one place: until a
 * device is readable, a link or a caller wakes it, or the next deadline comes. Meanwhile any thread
 * that wants something of the stack becomes its owner in place, without waiting for the loop's
 * thread; the hand-over is fair, so neither starves the other.
 *
 * <p>If the stack throws, which is a bug of the stack, the loop ends: its state is {@link
 * State#FAILED}, every waiter is woken, links are closed and the handler hears of it.
 *
 * <p>Before {@link #start} and after {@link #stop} calls work, but time does not pass for the
 * stack.
 */
public final class StackLoop implements StackDriver {
  /** How many frames of one link are taken in before others have their turn. */
  private static final int BUDGET = 64;

  /** How soon to look again for packets when the pool is empty. */
  private static final long STARVED_NANOS = 1_000_000;

  private static final System.Logger LOG = System.getLogger(StackLoop.class.getName());

  private final String name;
  private final NetworkStack stack;
  private final LongSupplier clock;
  private final Ownership ownership;
  private final List<IpInterface> interfaces = new CopyOnWriteArrayList<>();
  private final LoopWatch watch = new LoopWatch();

  /** Held by who starts or stops the thread, but never taken by the thread itself. */
  private final ReentrantLock starting = new ReentrantLock();

  private volatile @Nullable Thread thread;
  private volatile boolean stopping;
  private boolean daemon = true;

  /**
   * Until when the loop's thread waits, or Long.MIN_VALUE while it looks by itself before it waits.
   * Written by the loop's thread, always as the owner; so an owner knows whether it must wake it.
   */
  private long waitingUntil = Long.MIN_VALUE;

  /**
   * Creates a loop that is not started.
   *
   * @param name of the thread
   * @param clock nanoseconds that never run backwards, the same that the stack was created with
   * @param handler hears what the stack or a callback threw; called by the thread where it happened
   */
  public StackLoop(
      String name, NetworkStack stack, LongSupplier clock, Consumer<Throwable> handler) {
    this.name = name;
    this.stack = stack;
    this.clock = clock;
    ownership = new Ownership(new ReentrantLock(true), stack, clock, this::turnEnds, handler);
  }

  /** Creates a loop with a stack of its own on the machine's clock; problems are logged. */
  public static StackLoop create(String name, StackConfig config) {
    MonotonicClock clock = new MonotonicClock();
    NetworkStack stack = new NetworkStack(config, new SecureRandom(), clock.getAsLong());
    return new StackLoop(name, stack, clock, problem -> log(name, problem));
  }

  private static void log(String name, Throwable problem) {
    LOG.log(System.Logger.Level.ERROR, "in the network loop \"" + name + "\"", problem);
  }

  /** The name of the loop and its thread. */
  public String name() {
    return name;
  }

  /** Whether the thread keeps the JVM alive: true (it does not) unless this says otherwise. */
  public StackLoop daemon(boolean on) {
    daemon = on;
    return this;
  }

  @Override
  public IpInterface attach(Link link) throws IOException {
    IpInterface attached = call(() -> stack.attach(link));
    interfaces.add(attached);
    watch(link);
    return attached;
  }

  /**
   * Wakes the loop for a link from now on. For a device that stands behind an attached link; {@link
   * #attach} does it for the link itself.
   *
   * @throws IOException if the system refuses to wait for the device
   */
  public void watch(Link link) throws IOException {
    watch.add(link);
  }

  /** Takes back {@link #watch}; the link is the caller's from now on. Call it before closing it. */
  public void unwatch(Link link) {
    watch.remove(link);
  }

  /**
   * Starts the thread, if it does not run.
   *
   * @throws IllegalStateException if the loop has ended
   */
  public StackLoop start() {
    if (state() != State.OPEN) {
      throw new IllegalStateException(
          "the loop \"" + name + "\" has ended; create another", failure());
    }
    if (inCallback()) {
      stopping = false; // whoever stopped it has changed their mind before the callback returned
      return this;
    }
    starting.lock();
    try {
      Thread running = thread;
      if (running != null && stopping) {
        join(running);
      }
      if (running == null || !running.isAlive()) {
        stopping = false;
        Thread fresh = new Thread(this::loop, name);
        fresh.setDaemon(daemon);
        thread = fresh;
        fresh.start();
      }
    } finally {
      starting.unlock();
    }
    return this;
  }

  /**
   * Ends the thread and waits until it is gone; from within a callback, it ends after that. The
   * stack stays as it is, and {@link #start} goes on with it.
   */
  public void stop() {
    if (inCallback()) {
      stopping = true;
      return;
    }
    starting.lock();
    try {
      stopping = true;
      watch.wakeup();
      Thread running = thread;
      if (running != null) {
        join(running);
      }
    } finally {
      starting.unlock();
    }
  }

  private static void join(Thread running) {
    boolean interrupted = false;
    while (running.isAlive()) {
      try {
        running.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop() {
    try {
      while (!stopping && state() == State.OPEN) {
        boolean busy = turn();
        ownership.runCallbacks();
        if (!busy && !stopping && state() == State.OPEN) {
          await();
        }
      }
      // Those that the last turn, or the end of the stack, has asked for.
      ownership.runCallbacks();
    } catch (RuntimeException | Error e) {
      ownership.fail(e);
    } finally {
      if (state() != State.OPEN) {
        closeLinks();
      }
    }
  }

  /** One turn as the owner. Returns whether more may be there to do. */
  private boolean turn() {
    if (!enter()) {
      return false;
    }
    boolean busy = false;
    try {
      waitingUntil = Long.MIN_VALUE;
      for (int i = 0; i < interfaces.size(); i++) {
        busy |= stack.pump(interfaces.get(i), BUDGET) >= BUDGET;
      }
      stack.poll(clock.getAsLong());
    } catch (RuntimeException | Error e) {
      ownership.fail(e);
    } finally {
      exit();
    }
    return busy;
  }

  /** As the owner, at the end of every turn of any thread. */
  private void turnEnds() {
    long next = stack.nextDeadline();
    if (stack.pool().available() == 0) {
      // Frames wait that no packet was left for, and nothing tells when one comes back.
      next = Math.min(next, stack.time().now() + STARVED_NANOS);
    }
    if (Thread.currentThread() == thread) {
      waitingUntil = next;
    } else if (next < waitingUntil) {
      watch.wakeup();
    }
  }

  private void await() {
    long until = waitingUntil;
    if (until == TimerWheel.NONE) {
      watch.await(Long.MAX_VALUE);
    } else {
      long nanos = until - clock.getAsLong();
      if (nanos > 0) {
        watch.await(nanos);
      }
    }
  }

  private void closeLinks() {
    for (IpInterface attached : interfaces) {
      attached.link().close();
    }
    watch.close();
  }

  // ---- StackDriver ----

  @Override
  public NetworkStack stack() {
    return stack;
  }

  @Override
  public long now() {
    return clock.getAsLong();
  }

  @Override
  public boolean enter() {
    return ownership.enter();
  }

  @Override
  public void exit() {
    ownership.exit();
  }

  @Override
  public void kick(Kick kick) {
    ownership.kick(kick);
  }

  @Override
  public void post(Callback callback) {
    ownership.post(callback);
    if (!inCallback()) {
      watch.wakeup();
    }
  }

  @Override
  public boolean await(Signal signal, long seen, long deadline) {
    if (inCallback()) {
      return signal.version() != seen;
    }
    return signal.await(seen, deadline == Long.MAX_VALUE ? Long.MAX_VALUE : deadline - now());
  }

  @Override
  public boolean inCallback() {
    return Thread.currentThread() == thread;
  }

  @Override
  public void register(Resident resident) {
    ownership.register(resident);
  }

  @Override
  public void unregister(Resident resident) {
    ownership.unregister(resident);
  }

  @Override
  public State state() {
    return ownership.state();
  }

  @Override
  public @Nullable Throwable failure() {
    return ownership.failure();
  }

  /**
   * Ends the loop: residents are told, the thread is joined, links are closed. From within a
   * callback the thread and the links follow when it returns.
   */
  @Override
  public void close() {
    ownership.close();
    stop();
    if (!inCallback()) {
      closeLinks();
    }
  }
}

package io.tapstack.runtime;

import io.tapstack.ip.IpInterface;
import io.tapstack.link.Link;
import io.tapstack.sim.SimParticipant;
import io.tapstack.stack.NetworkStack;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Drives a stack in a simulated network: the clock is virtual, and to wait means to run the network
 * until there is nothing to wait for any more, or the deadline has come in virtual time. So a
 * program that uses blocking sockets runs unchanged, deterministically if it has one thread, and
 * without a thread of the stack.
 *
 * <p>Callbacks are made by whichever thread runs the network while it waits.
 *
 * @see SimulatedTime
 */
public final class SimulatedDriver implements StackDriver, SimParticipant {
  private static final int BUDGET = 64;

  private final SimulatedTime time;
  private final NetworkStack stack;
  private final Ownership ownership;
  private final List<IpInterface> interfaces = new ArrayList<>();
  private boolean receivable;

  /** Frames may wait at the links that the pool had no packet for. */
  private boolean starved;

  /**
   * Gives a stack a life in a network.
   *
   * @param stack created at the network's present time
   * @param handler hears what the stack or a callback threw
   */
  public SimulatedDriver(SimulatedTime time, NetworkStack stack, Consumer<Throwable> handler) {
    this.time = time;
    this.stack = stack;
    ownership = new Ownership(time.lock, stack, time.network()::now, time::changed, handler);
    time.add(this);
  }

  /** The time that it shares with its network. */
  public SimulatedTime time() {
    return time;
  }

  @Override
  public IpInterface attach(Link link) {
    return call(
        () -> {
          IpInterface attached = stack.attach(link);
          interfaces.add(attached);
          link.onReceivable(() -> receivable = true);
          receivable = true;
          return attached;
        });
  }

  // ---- SimParticipant: called with the lock of the time ----

  @Override
  public void turn(long now) {
    if (!enter()) {
      return;
    }
    try {
      receivable = false;
      for (int i = 0; i < interfaces.size(); i++) {
        receivable |= stack.pump(interfaces.get(i), BUDGET) >= BUDGET;
      }
      stack.poll(now);
      starved = stack.pool().available() == 0;
    } catch (RuntimeException | Error e) {
      ownership.fail(e);
    } finally {
      exit();
    }
  }

  @Override
  public long nextDeadline() {
    if (state() != State.OPEN) {
      return Long.MAX_VALUE;
    }
    boolean mayRead = receivable || starved && stack.pool().available() > 0;
    return mayRead ? Long.MIN_VALUE : stack.nextDeadline();
  }

  // ---- StackDriver ----

  @Override
  public NetworkStack stack() {
    return stack;
  }

  @Override
  public long now() {
    return time.now();
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
  }

  boolean hasCallbacks() {
    return ownership.hasCallbacks();
  }

  void runCallbacks() {
    ownership.runCallbacks();
  }

  @Override
  public boolean await(Signal signal, long seen, long deadline) {
    return time.await(signal, seen, deadline);
  }

  @Override
  public boolean inCallback() {
    return time.inCallback();
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

  /** Ends the driver. Its stack takes no more part in the network, and its links are closed. */
  @Override
  public void close() {
    if (ownership.close()) {
      time.run(() -> interfaces.forEach(attached -> attached.link().close()));
    }
  }
}

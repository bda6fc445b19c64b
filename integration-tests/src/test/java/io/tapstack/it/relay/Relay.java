package io.tapstack.it.relay;

import io.tapstack.link.Link;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.runtime.LinkDecorator;
import io.tapstack.sim.Impairment;
import io.tapstack.sim.SimCable;
import io.tapstack.sim.SimLink;
import io.tapstack.sim.SimNetwork;
import io.tapstack.sim.SimObserver;
import io.tapstack.sim.SimWire;
import io.tapstack.sim.WireCounters;
import io.tapstack.tap.Epoll;
import io.tapstack.tap.TapException;
import io.tapstack.tap.TapLink;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Carries frames between two links over a cable of the simulation, whose virtual clock follows the
 * machine's: the same impairments from the same seed, in the same code. Whatever happens to the
 * n-th frame of a direction happens to the n-th frame of every relay with that seed, which is what
 * makes runs over two relays comparable.
 *
 * <p>It owns its links from the beginning, and closes them in the end.
 */
final class Relay implements AutoCloseable {
  /** How many frames of one side are taken in before what is due goes out. */
  private static final int BUDGET = 64;

  private static final int CELL = 2048;

  /** Later than this, in nanoseconds, is not what was asked for. */
  private static final long LATE = 1_000_000;

  private final SimNetwork network;
  private final SimCable cable;
  private final Side left;
  private final Side right;
  private final Epoll epoll = new Epoll();
  private final PacketPool pool = new PacketPool(1, CELL);
  private final Thread thread;
  private final long start = System.nanoTime();
  private volatile boolean stopping;
  private volatile @Nullable Throwable failure;
  private long delivered;
  private long late;

  /** One end of the cable and the link behind it. */
  private record Side(Link link, SimLink end) {}

  /**
   * Starts a relay.
   *
   * @param toRight what happens to frames from the left link to the right one
   * @param toLeft the same for the other direction
   */
  Relay(String name, Link left, Link right, Impairment toRight, Impairment toLeft, long seed)
      throws TapException {
    network = new SimNetwork(seed);
    network.observe(this::saw);
    cable = network.cable("left", "right", left.mtu(), toRight, toLeft);
    this.left = new Side(left, cable.left());
    this.right = new Side(right, cable.right());
    watch(left);
    watch(right);
    thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void watch(Link link) throws TapException {
    link.onReceivable(epoll::wakeup);
    if (LinkDecorator.innermost(link) instanceof TapLink tap) {
      epoll.add(tap.fileDescriptor());
    }
  }

  private void run() {
    try {
      while (!stopping) {
        boolean busy = takeIn(left) | takeIn(right);
        long now = System.nanoTime() - start;
        network.run(now);
        deliver(left);
        deliver(right);
        if (!busy) {
          epoll.await(untilNext());
        }
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  private void saw(long due, SimWire wire, SimObserver.Fate fate, ByteBuffer frame, int length) {
    if (fate == SimObserver.Fate.DELIVERED) {
      delivered++;
      if (System.nanoTime() - start - due > LATE) {
        late++;
      }
    }
  }

  private long untilNext() {
    long next = network.nextTime();
    return next == Long.MAX_VALUE ? -1 : Math.max(0, next - (System.nanoTime() - start));
  }

  /** Gives the cable what the link has received. Returns whether more may wait. */
  private boolean takeIn(Side side) {
    for (int i = 0; i < BUDGET; i++) {
      Packet packet = packet();
      try {
        if (!side.link.receive(packet)) {
          return false;
        }
        // The frame leaves now, not when the network last ran.
        network.run(Math.max(network.now(), System.nanoTime() - start));
        side.end.transmit(packet);
      } finally {
        packet.release();
      }
    }
    return true;
  }

  /** The one packet, which is back in the pool whenever this is called. */
  private Packet packet() {
    return Objects.requireNonNull(pool.acquire());
  }

  private void deliver(Side side) {
    while (side.end.isReceivable()) {
      Packet packet = packet();
      side.end.receive(packet);
      side.link.transmit(packet);
      packet.release();
    }
  }

  /** What became of the frames from the left to the right. Exact once the relay is closed. */
  WireCounters toRight() {
    return cable.leftToRight().counters();
  }

  /** What became of the frames from the right to the left. */
  WireCounters toLeft() {
    return cable.rightToLeft().counters();
  }

  /** Which part of the frames left the relay more than {@link #LATE} after their time. */
  double late() {
    return delivered == 0 ? 0 : (double) late / delivered;
  }

  /**
   * Stops the thread and closes the links.
   *
   * @throws IllegalStateException if the relay broke before
   */
  @Override
  public void close() {
    stopping = true;
    epoll.wakeup();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    epoll.close();
    left.link.close();
    right.link.close();
    if (failure != null) {
      throw new IllegalStateException("the relay ended early", failure);
    }
  }
}

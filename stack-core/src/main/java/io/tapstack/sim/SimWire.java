package io.tapstack.sim;

import io.tapstack.link.Packet;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a cable: takes frames at one link and delivers them, more or less, to another.
 */
public final class SimWire {
  private final SimNetwork network;
  private final SimLink from;
  private final SimLink to;
  private final SplittableRandom random;
  private final DepartureQueue queue = new DepartureQueue();
  private final WireCounters counters = new WireCounters();
  private Impairment impairment;
  private boolean cut;

  /** Whether a burst of losses is under way. */
  private boolean bad;

  private long busyUntil;
  private long lastArrival;

  SimWire(
      SimNetwork network,
      SimLink from,
      SimLink to,
      Impairment impairment,
      SplittableRandom random) {
    this.network = network;
    this.from = from;
    this.to = to;
    this.impairment = impairment;
    this.random = random;
  }

  /** The link that sends into this wire. */
  public SimLink from() {
    return from;
  }

  /** The link that receives from it. */
  public SimLink to() {
    return to;
  }

  /** What became of its frames. */
  public WireCounters counters() {
    return counters;
  }

  /** What it does to frames. */
  public Impairment impairment() {
    return impairment;
  }

  /** Changes what it does to frames from now on; those under way are not touched. */
  public void impair(Impairment to) {
    impairment = to;
  }

  /** Cuts the wire: what is under way and what is sent is lost, and the sender does not notice. */
  public void cut() {
    cut = true;
  }

  /** Mends the wire. */
  public void mend() {
    cut = false;
  }

  /** Whether the wire is cut. */
  public boolean isCut() {
    return cut;
  }

  @Override
  public String toString() {
    return from.name() + " > " + to.name();
  }

  /** Takes a packet from a stack; false if the network has no memory for it. */
  boolean send(Packet packet) {
    SimFrame frame = take(packet.totalLength());
    if (frame == null) {
      return false;
    }
    packet.copyTo(frame.buffer, 0);
    transmit(frame);
    return true;
  }

  /** Takes a frame from a switch. */
  boolean send(ByteBuffer bytes, int length) {
    SimFrame frame = take(length);
    if (frame == null) {
      return false;
    }
    frame.buffer.put(0, bytes, 0, length);
    transmit(frame);
    return true;
  }

  private @Nullable SimFrame take(int length) {
    counters.offered++;
    counters.offeredBytes += length;
    SimFrame frame = network.frames().take(length);
    if (frame == null) {
      counters.memoryDrops++;
    }
    return frame;
  }

  private void transmit(SimFrame frame) {
    long now = network.now();
    observe(SimObserver.Fate.SENT, frame);
    if (cut) {
      counters.cutDrops++;
      discard(frame, SimObserver.Fate.CUT);
      return;
    }
    long departure = enqueue(now, frame);
    if (departure < 0) {
      counters.queueDrops++;
      discard(frame, SimObserver.Fate.QUEUE_FULL);
      return;
    }
    if (chance(impairment.loss()) | burst(impairment.burstLoss())) {
      counters.lost++;
      discard(frame, SimObserver.Fate.LOST);
      return;
    }
    // The copy is made before any bit is flipped: what damages one frame leaves the other alone.
    SimFrame copy = chance(impairment.duplication()) ? copyOf(frame) : null;
    launch(frame, departure);
    if (copy != null) {
      launch(copy, departure);
    }
  }

  /** When the frame will have left the queue, or -1 if it finds no room there. */
  private long enqueue(long now, SimFrame frame) {
    int length = frame.length;
    long rate = impairment.bitsPerSecond();
    if (rate == 0) {
      return now;
    }
    queue.advance(now);
    if (queue.frames() >= impairment.queueFrames()
        || queue.frames() > 0 && queue.bytes() + length > impairment.queueBytes()) {
      return -1;
    }
    if (queue.frames() >= impairment.markFrames()
        && CongestionMark.set(frame.buffer, frame.length)) {
      counters.marked++;
    }
    long transmission = (length * 8_000_000_000L + rate - 1) / rate;
    busyUntil = Math.max(busyUntil, now) + transmission;
    queue.add(busyUntil, length);
    return busyUntil;
  }

  private void launch(SimFrame frame, long departure) {
    if (chance(impairment.corruption())) {
      counters.corrupted++;
      int bit = random.nextInt(frame.length * 8);
      frame.buffer.put(bit >> 3, (byte) (frame.buffer.get(bit >> 3) ^ 1 << (bit & 7)));
    }
    long arrival = departure + impairment.delayNanos() + upTo(impairment.jitterNanos());
    if (chance(impairment.reordering())) {
      counters.reordered++;
      arrival += upTo(impairment.reorderingNanos());
    } else {
      arrival = Math.max(arrival, lastArrival);
      lastArrival = arrival;
    }
    frame.wire = this;
    counters.inFlight++;
    network.plan(frame, arrival);
  }

  private @Nullable SimFrame copyOf(SimFrame frame) {
    SimFrame copy = network.frames().take(frame.length);
    if (copy != null) {
      counters.duplicated++;
      copy.buffer.put(0, frame.buffer, 0, frame.length);
    }
    return copy;
  }

  /** The other end of a frame's way; the receiving link owns it from here. */
  void arrive(SimFrame frame) {
    counters.inFlight--;
    if (cut) {
      counters.cutDrops++;
      discard(frame, SimObserver.Fate.CUT);
      return;
    }
    counters.delivered++;
    counters.deliveredBytes += frame.length;
    observe(SimObserver.Fate.DELIVERED, frame);
    to.arrived(frame);
  }

  private void discard(SimFrame frame, SimObserver.Fate fate) {
    observe(fate, frame);
    network.frames().giveBack(frame);
  }

  private void observe(SimObserver.Fate fate, SimFrame frame) {
    SimObserver observer = network.observer();
    if (observer != null) {
      observer.saw(network.now(), this, fate, frame.buffer, frame.length);
    }
  }

  /** Whether a frame falls to a burst: first the state may change, then its chance applies. */
  private boolean burst(BurstLoss bursts) {
    if (bursts == BurstLoss.NONE) {
      return false;
    }
    if (chance(bad ? bursts.badToGood() : bursts.goodToBad())) {
      bad = !bad;
    }
    return chance(bad ? bursts.lossInBad() : bursts.lossInGood());
  }

  private boolean chance(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  private long upTo(long nanos) {
    return nanos == 0 ? 0 : random.nextLong(nanos + 1);
  }
}

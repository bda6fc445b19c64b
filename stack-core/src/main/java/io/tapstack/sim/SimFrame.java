package io.tapstack.sim;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A frame in flight: a copy in memory of the network, and the event of its arrival. */
final class SimFrame extends SimEvent {
  final ByteBuffer buffer;
  int length;
  @Nullable SimWire wire;

  /** For the queue of the link where it waits, and for the free list. */
  @Nullable SimFrame next;

  SimFrame(int capacity) {
    buffer = ByteBuffer.allocate(capacity);
  }

  @Override
  void happen() {
    SimWire on = wire;
    if (on == null) {
      throw new IllegalStateException("a frame arrives that is on no wire");
    }
    wire = null;
    on.arrive(this);
  }
}

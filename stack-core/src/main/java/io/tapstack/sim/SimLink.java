package io.tapstack.sim;

import io.tapstack.link.Link;
import io.tapstack.link.Packet;
import org.jspecify.annotations.Nullable;

/**
 * One end of a {@link SimCable}: the device that a stack sees. Frames that have arrived wait here
 * until the stack reads them.
 */
public final class SimLink implements Link {
  private static final int ETHERNET_HEADER = 14;

  private final SimNetwork network;
  private final String name;
  private final long mac;
  private final int mtu;
  private @Nullable SimWire wire;
  private @Nullable SimFrame first;
  private @Nullable SimFrame last;
  private @Nullable Runnable wakeup;
  private @Nullable SimSwitch owner;
  private boolean closed;
  private long oversized;

  SimLink(SimNetwork network, String name, long mac, int mtu) {
    this.network = network;
    this.name = name;
    this.mac = mac;
    this.mtu = mtu;
  }

  void sendsInto(SimWire out) {
    wire = out;
  }

  /** Makes this the port of a switch, which takes each frame as it arrives. */
  void belongsTo(SimSwitch bridge) {
    owner = bridge;
  }

  SimWire wire() {
    if (wire == null) {
      throw new IllegalStateException(name + " is no end of a cable yet");
    }
    return wire;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long mac() {
    return mac;
  }

  @Override
  public int mtu() {
    return mtu;
  }

  /**
   * Sends a frame. What the wire does with it the sender does not learn, as on a real one.
   *
   * @return false if the link is closed, the frame is larger than the MTU allows, or the network
   *     has no memory left
   */
  @Override
  public boolean transmit(Packet frame) {
    if (closed) {
      return false;
    }
    if (frame.totalLength() > mtu + ETHERNET_HEADER) {
      oversized++;
      return false;
    }
    return wire().send(frame);
  }

  @Override
  public boolean receive(Packet packet) {
    SimFrame frame = first;
    if (frame == null) {
      return false;
    }
    if (frame.length > packet.buffer.capacity() - packet.start) {
      throw new IllegalArgumentException(
          name
              + " received a frame of "
              + frame.length
              + " bytes, and the packet to read it into has room for "
              + (packet.buffer.capacity() - packet.start)
              + "; make the cells of the stack's pool as large as its links' MTU");
    }
    first = frame.next;
    if (first == null) {
      last = null;
    }
    packet.buffer.put(packet.start, frame.buffer, 0, frame.length);
    packet.end = packet.start + frame.length;
    network.frames().giveBack(frame);
    return true;
  }

  /** Whether a frame waits to be read. */
  public boolean isReceivable() {
    return first != null;
  }

  /** How many frames were larger than the MTU allows. */
  public long oversized() {
    return oversized;
  }

  @Override
  public void onReceivable(Runnable wake) {
    wakeup = wake;
  }

  /** Takes a frame over from the wire. */
  void arrived(SimFrame frame) {
    if (closed) {
      network.frames().giveBack(frame);
      return;
    }
    if (owner != null) {
      owner.forward(this, frame);
      return;
    }
    frame.next = null;
    if (last == null) {
      first = frame;
    } else {
      last.next = frame;
    }
    last = frame;
    if (wakeup != null) {
      wakeup.run();
    }
  }

  @Override
  public void close() {
    closed = true;
    while (first != null) {
      SimFrame frame = first;
      first = frame.next;
      network.frames().giveBack(frame);
    }
    last = null;
  }

  @Override
  public String toString() {
    return name;
  }
}

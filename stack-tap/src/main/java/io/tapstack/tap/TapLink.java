package io.tapstack.tap;

import io.tapstack.link.Link;
import io.tapstack.link.Packet;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.Mac;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * A TAP device as the stack sees it. An incoming frame is read straight into the packet; an
 * outgoing one is written straight from the packet and, gathered, from the socket's ring. Nothing
 * is copied or allocated on the way.
 *
 * <p>Thread: the stack's owner.
 */
public final class TapLink implements Link {
  private static final System.Logger LOG = System.getLogger(TapLink.class.getName());

  /** Puts the IP header, behind the 14 bytes of Ethernet, on a multiple of four. */
  private static final int ALIGNMENT = 2;

  /** Frames that do not fit are skipped in one call up to this number, so that it always ends. */
  private static final int MAX_SKIPPED = 16;

  private final TapDevice device;
  private final long mac;
  private final int mtu;
  private final TapCounters counters = new TapCounters();
  private final GatherList list = new GatherList(3);
  private boolean gone;

  // The address of memory is asked for once per slab or ring, not once per frame. Holding the
  // buffer keeps its memory, and with it the address, alive.
  private @Nullable ByteBuffer slab;
  private long slabAddress;
  private @Nullable ByteBuffer ring;
  private long ringAddress;

  /**
   * Makes a link of an open device, which it closes in the end.
   *
   * @param mac the stack's own address, a unicast one; see {@link #randomMac}
   * @throws TapException if the interface is gone
   */
  public TapLink(TapDevice device, long mac) throws TapException {
    if (!Mac.isUnicast(mac) || mac >>> 48 != 0) {
      throw new IllegalArgumentException(
          Mac.toString(mac) + " cannot be a station's address; take a unicast one");
    }
    this.device = device;
    this.mac = mac;
    this.mtu = device.mtu();
  }

  /**
   * Opens a device and makes a link of it, with a random address.
   *
   * @param name see {@link TapDevice#open}
   */
  public static TapLink open(String name) throws TapException {
    TapDevice device = TapDevice.open(name);
    try {
      return new TapLink(device, randomMac());
    } catch (TapException e) {
      device.close();
      throw e;
    }
  }

  /** A random, locally administered unicast address. */
  public static long randomMac() {
    return Mac.locallyAdministered(new SecureRandom().nextLong());
  }

  @Override
  public String name() {
    return device.name();
  }

  @Override
  public long mac() {
    return mac;
  }

  /** The interface's MTU at the time when this link was made. */
  @Override
  public int mtu() {
    return mtu;
  }

  /** What to wait for, see {@link Epoll#add}; -1 once the link is closed. */
  public int fileDescriptor() {
    return device.fileDescriptor();
  }

  /** What was carried and dropped. */
  public TapCounters counters() {
    return counters;
  }

  /** Whether somebody deleted the interface: nothing will ever come in or go out again. */
  public boolean isGone() {
    return gone;
  }

  @Override
  public boolean transmit(Packet frame) {
    if (fileDescriptor() < 0) {
      counters.failed++;
      return false;
    }
    long head = address(frame) + frame.start;
    ByteBuffer tail = frame.tail;
    int written;
    if (tail == null || frame.tailLength + frame.wrapLength == 0) {
      written = device.write(head, frame.length());
    } else {
      long source = ringAddress(tail);
      list.clear();
      list.add(head, frame.length());
      if (frame.tailLength > 0) {
        list.add(source + frame.tailOffset, frame.tailLength);
      }
      if (frame.wrapLength > 0) {
        list.add(source + frame.wrapOffset, frame.wrapLength);
      }
      written = device.write(list);
    }
    if (written < 0) {
      dropped(-written);
      return false;
    }
    counters.framesOut++;
    counters.bytesOut += written;
    return true;
  }

  @Override
  public boolean receive(Packet frame) {
    if (fileDescriptor() < 0) {
      return false;
    }
    int start = (frame.start + 3 & -4) + ALIGNMENT;
    int room = frame.buffer.capacity() - start;
    if (room <= EthernetHeader.LENGTH) {
      throw new IllegalArgumentException(
          "a packet of " + frame.buffer.capacity() + " bytes has no room for a frame at " + start);
    }
    long address = address(frame) + start;
    for (int skipped = 0; skipped < MAX_SKIPPED; skipped++) {
      int length = device.read(address, room);
      if (length < 0) {
        notRead(-length);
        return false;
      }
      // The driver cuts what does not fit and says nothing: a full packet may be half a frame.
      if (length < room) {
        frame.start = start;
        frame.end = start + length;
        counters.framesIn++;
        counters.bytesIn += length;
        return true;
      }
      counters.oversized++;
    }
    return false;
  }

  private void dropped(int errno) {
    switch (errno) {
      case Errno.EAGAIN -> counters.queueFull++;
      // tun_get_user: the interface is not up.
      case Errno.EIO -> counters.down++;
      default -> failed(errno);
    }
  }

  private void notRead(int errno) {
    if (errno != Errno.EAGAIN && errno != Errno.EINTR) {
      failed(errno);
    }
  }

  private void failed(int errno) {
    counters.failed++;
    if (errno == Errno.EBADFD && !gone) {
      gone = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "the interface {0} was deleted; the link is dead, close it and open another",
          name());
    }
  }

  private long address(Packet frame) {
    ByteBuffer memory = frame.slab();
    if (memory != slab) {
      slabAddress = Native.address(memory);
      slab = memory;
    }
    return slabAddress + frame.slabOffset;
  }

  private long ringAddress(ByteBuffer memory) {
    if (memory != ring) {
      ringAddress = Native.address(memory);
      ring = memory;
    }
    return ringAddress;
  }

  /** Closes the device; frames are dropped from now on. Safe to call twice. */
  @Override
  public void close() {
    device.close();
    slab = null;
    ring = null;
  }
}

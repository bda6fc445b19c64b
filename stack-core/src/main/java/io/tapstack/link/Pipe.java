package io.tapstack.link;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An Ethernet cable between two stacks of one process: what one end transmits the other receives,
 * in order.
 *
 * <p>Each direction is a ring of slots that hold a frame each, made once; carrying a frame copies
 * it in and out and allocates nothing. When a ring is full, frames are dropped and counted, as a
 * device would.
 *
 * <p>Thread: each end is used by the owner of its stack, one thread at a time; the two ends may be
 * used by two threads at once. {@code close} and the counters may be called by any thread.
 */
public final class Pipe {
  /** The MTU of a pipe unless it is told otherwise. */
  public static final int DEFAULT_MTU = 1500;

  /** How many frames fit into each direction unless it is told otherwise. */
  public static final int DEFAULT_FRAMES = 256;

  private static final int ETHERNET = 14;

  private final End left;
  private final End right;

  private Pipe(End left, End right) {
    this.left = left;
    this.right = right;
  }

  /** Makes a pipe of the default size whose ends have fixed MAC addresses. */
  public static Pipe create() {
    return create("pipe", 0x0200_0000_0001L, 0x0200_0000_0002L, DEFAULT_MTU, DEFAULT_FRAMES);
  }

  /**
   * Makes a pipe.
   *
   * @param name the ends are called {@code name.left} and {@code name.right}
   * @param leftMac the MAC address of the left end
   * @param rightMac the MAC address of the right end
   * @param mtu the largest network packet in bytes, 68 to 65535
   * @param frames how many frames fit into each direction, at least 1
   */
  public static Pipe create(String name, long leftMac, long rightMac, int mtu, int frames) {
    if (mtu < 68 || mtu > 0xffff || frames < 1) {
      throw new IllegalArgumentException(
          "a pipe with an MTU of "
              + mtu
              + " and "
              + frames
              + " frames cannot be; expected an MTU of 68 to 65535 and at least 1 frame");
    }
    Direction toRight = new Direction(frames, mtu + ETHERNET);
    Direction toLeft = new Direction(frames, mtu + ETHERNET);
    return new Pipe(
        new End(name + ".left", leftMac, mtu, toRight, toLeft),
        new End(name + ".right", rightMac, mtu, toLeft, toRight));
  }

  /** One end. */
  public End left() {
    return left;
  }

  /** The other end. */
  public End right() {
    return right;
  }

  /** One end of a pipe. */
  public static final class End implements Link {
    private final String name;
    private final long mac;
    private final int mtu;
    private final Direction out;
    private final Direction in;

    private End(String name, long mac, int mtu, Direction out, Direction in) {
      this.name = name;
      this.mac = mac;
      this.mtu = mtu;
      this.out = out;
      this.in = in;
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

    @Override
    public boolean transmit(Packet frame) {
      return out.put(frame);
    }

    @Override
    public boolean receive(Packet frame) {
      return in.take(frame);
    }

    /**
     * {@inheritDoc} It is called once for the first frame that comes in after {@link #receive} said
     * that there was none.
     */
    @Override
    public void onReceivable(Runnable wakeup) {
      in.wakeup = wakeup;
    }

    /** How many frames this end transmitted and the pipe or the other end's buffer dropped. */
    public long dropped() {
      return out.dropped.get();
    }

    /** Takes the end off: frames to it and from it are dropped. */
    @Override
    public void close() {
      in.closed = true;
      out.closed = true;
    }
  }

  /** A ring with one writer and one reader. */
  private static final class Direction {
    private final int slotSize;
    private final int[] lengths;
    private final ByteBuffer slots;

    /** Frames ever written; only the writer changes it. */
    private final AtomicLong written = new AtomicLong();

    /** Frames ever read; only the reader changes it. */
    private final AtomicLong read = new AtomicLong();

    /** Whether the reader found nothing and relies on the wakeup. */
    private final AtomicBoolean idle = new AtomicBoolean(true);

    final AtomicLong dropped = new AtomicLong();
    volatile Runnable wakeup = () -> {};
    volatile boolean closed;

    Direction(int frames, int frameSize) {
      slotSize = frameSize + 63 & -64;
      if ((long) slotSize * frames > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            frames + " frames of " + frameSize + " bytes do not fit into 2 GiB; use fewer");
      }
      lengths = new int[frames];
      slots = ByteBuffer.allocateDirect(slotSize * frames);
    }

    boolean put(Packet frame) {
      long at = written.getPlain();
      if (closed || frame.totalLength() > slotSize || at - read.getAcquire() == lengths.length) {
        dropped.incrementAndGet();
        return false;
      }
      int slot = (int) (at % lengths.length);
      lengths[slot] = frame.copyTo(slots, slot * slotSize);
      // Volatile, not release: the reader sets idle and then looks here, this looks at idle
      // afterwards; one of the two sees the other.
      written.set(at + 1);
      if (idle.get() && idle.compareAndSet(true, false)) {
        wakeup.run();
      }
      return true;
    }

    boolean take(Packet frame) {
      while (!closed && hasNext()) {
        long at = read.getPlain();
        int slot = (int) (at % lengths.length);
        int length = lengths[slot];
        boolean fits = length <= frame.buffer.capacity() - frame.start;
        if (fits) {
          frame.buffer.put(frame.start, slots, slot * slotSize, length);
          frame.end = frame.start + length;
        } else {
          dropped.incrementAndGet(); // a pool whose cells do not hold the pipe's MTU
        }
        read.setRelease(at + 1);
        if (fits) {
          return true;
        }
      }
      return false;
    }

    private boolean hasNext() {
      long at = read.getPlain();
      if (at != written.getAcquire()) {
        return true;
      }
      idle.set(true);
      boolean late = at != written.get();
      if (late) {
        idle.set(false);
      }
      return late;
    }
  }
}

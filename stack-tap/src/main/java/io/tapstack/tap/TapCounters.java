package io.tapstack.tap;

/**
 * What a {@link TapLink} has carried and dropped.
 *
 * <p>Thread: written by the link's owner; another thread may read slightly old numbers.
 */
public final class TapCounters {
  long framesIn;
  long bytesIn;
  long framesOut;
  long bytesOut;
  long oversized;
  long queueFull;
  long down;
  long failed;

  TapCounters() {}

  /** Frames read. */
  public long framesIn() {
    return framesIn;
  }

  /** Bytes of the frames read, Ethernet headers included. */
  public long bytesIn() {
    return bytesIn;
  }

  /** Frames written. */
  public long framesOut() {
    return framesOut;
  }

  /** Bytes of the frames written, Ethernet headers included. */
  public long bytesOut() {
    return bytesOut;
  }

  /** Incoming frames dropped because they do not fit into a packet. */
  public long oversized() {
    return oversized;
  }

  /** Outgoing frames dropped because the kernel's queue was full. */
  public long queueFull() {
    return queueFull;
  }

  /** Outgoing frames dropped because the interface is down on the host. */
  public long down() {
    return down;
  }

  /** Reads and writes that failed for any other reason. */
  public long failed() {
    return failed;
  }
}

package io.tapstack.runtime;

import io.tapstack.link.Packet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A capture in the pcapng format (draft-ietf-opsawg-pcapng) that Wireshark opens: Ethernet frames
 * with nanosecond timestamps and directions, of one or more interfaces.
 *
 * <p>Writing goes through a buffer of bounded size, which is written out when it is full, when its
 * oldest frame is a second older than the newest, and on {@link #close}. A file that cannot be
 * written to ends the capture, not the network: {@link #problem()} says why.
 *
 * <p>Thread: any.
 */
public final class PcapngFile implements AutoCloseable {
  /** Which way a frame went, as the flags word of an Enhanced Packet Block says it. */
  public enum Direction {
    /** The stack received it. */
    INBOUND(1),
    /** The stack sent it. */
    OUTBOUND(2);

    private final int flags;

    Direction(int flags) {
      this.flags = flags;
    }
  }

  private static final int SECTION_HEADER = 0x0a0d0d0a;
  private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
  private static final int INTERFACE_DESCRIPTION = 1;
  private static final int ENHANCED_PACKET = 6;
  private static final int LINKTYPE_ETHERNET = 1;
  private static final int OPTION_IF_NAME = 2;
  private static final int OPTION_IF_TSRESOL = 9;
  private static final int OPTION_EPB_FLAGS = 2;
  private static final int EPB_OVERHEAD = 28 + 12 + 4;

  /** Room for the largest super-segment and its block. */
  private static final int BUFFER_SIZE = 256 * 1024;

  private static final long FLUSH_AFTER_NANOS = 1_000_000_000L;

  private final ReentrantLock lock = new ReentrantLock();
  private final WritableByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
  private int interfaces;
  private long oldest = Long.MAX_VALUE;
  private long frames;
  private boolean open = true;
  private @Nullable IOException problem;

  /**
   * Begins a capture.
   *
   * @param channel where it goes; closed by {@link #close}
   */
  public PcapngFile(WritableByteChannel channel) {
    this.channel = channel;
    buffer.putInt(SECTION_HEADER).putInt(28).putInt(BYTE_ORDER_MAGIC);
    // Version 1.0, and a section whose length is not said.
    buffer.putShort((short) 1).putShort((short) 0).putLong(-1).putInt(28);
  }

  /**
   * Begins a capture in a file, which is created or overwritten.
   *
   * @throws IOException if it cannot be
   */
  public static PcapngFile create(Path path) throws IOException {
    return new PcapngFile(
        Files.newByteChannel(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE));
  }

  /**
   * Adds an interface.
   *
   * @param name as Wireshark shows it
   * @return its number, for {@link #frame}
   */
  public int addInterface(String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    int padded = text.length + 3 & -4;
    int length = 16 + 4 + padded + 8 + 4 + 4;
    lock.lock();
    try {
      makeRoom(length);
      buffer.putInt(INTERFACE_DESCRIPTION).putInt(length);
      // No snap length: frames are whole.
      buffer.putShort((short) LINKTYPE_ETHERNET).putShort((short) 0).putInt(0);
      buffer.putShort((short) OPTION_IF_NAME).putShort((short) text.length).put(text);
      pad(padded - text.length);
      // Timestamps count units of 10^-9 seconds.
      buffer.putShort((short) OPTION_IF_TSRESOL).putShort((short) 1).putInt(9 << 24);
      buffer.putInt(0).putInt(length);
      return interfaces++;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes a frame, gathered runs included.
   *
   * @param interfaceId of {@link #addInterface}
   * @param nanos when, in nanoseconds since the epoch
   */
  public void frame(int interfaceId, long nanos, Direction direction, Packet frame) {
    int frameLength = frame.totalLength();
    int padded = frameLength + 3 & -4;
    int length = EPB_OVERHEAD + padded;
    lock.lock();
    try {
      if (!open || problem != null || length > BUFFER_SIZE) {
        return;
      }
      if (nanos - oldest > FLUSH_AFTER_NANOS) {
        writeOut();
      }
      makeRoom(length);
      buffer.putInt(ENHANCED_PACKET).putInt(length).putInt(interfaceId);
      buffer.putInt((int) (nanos >>> 32)).putInt((int) nanos);
      buffer.putInt(frameLength).putInt(frameLength);
      frame.copyTo(buffer, buffer.position());
      buffer.position(buffer.position() + frameLength);
      pad(padded - frameLength);
      buffer.putShort((short) OPTION_EPB_FLAGS).putShort((short) 4).putInt(direction.flags);
      buffer.putInt(0).putInt(length);
      oldest = Math.min(oldest, nanos);
      frames++;
    } finally {
      lock.unlock();
    }
  }

  private void pad(int count) {
    for (int i = 0; i < count; i++) {
      buffer.put((byte) 0);
    }
  }

  private void makeRoom(int length) {
    if (buffer.remaining() < length) {
      writeOut();
    }
  }

  private void writeOut() {
    buffer.flip();
    try {
      while (problem == null && buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      problem = e;
    }
    buffer.clear();
    oldest = Long.MAX_VALUE;
  }

  /** Writes out what is buffered. */
  public void flush() {
    lock.lock();
    try {
      if (open) {
        writeOut();
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many frames were captured. */
  public long frames() {
    lock.lock();
    try {
      return frames;
    } finally {
      lock.unlock();
    }
  }

  /** Why the capture ended early, or null if it did not. */
  public @Nullable IOException problem() {
    lock.lock();
    try {
      return problem;
    } finally {
      lock.unlock();
    }
  }

  /** Writes out what is buffered and closes the channel. Safe to call twice. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (open) {
        writeOut();
        open = false;
        try {
          channel.close();
        } catch (IOException e) {
          problem = problem == null ? e : problem;
        }
      }
    } finally {
      lock.unlock();
    }
  }
}

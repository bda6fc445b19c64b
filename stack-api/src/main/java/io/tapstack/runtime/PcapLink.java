package io.tapstack.runtime;

import io.tapstack.link.Link;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.Packet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A link that writes every frame that passes to a capture. Frames that the inner link refuses are
 * not in it.
 */
public final class PcapLink implements LinkDecorator {
  private final Link inner;
  private final PcapngFile file;
  private final LongSupplier epochNanos;
  private final boolean ownsFile;
  private final int interfaceId;

  private PcapLink(Link inner, PcapngFile file, LongSupplier epochNanos, boolean ownsFile) {
    this.inner = inner;
    this.file = file;
    this.epochNanos = epochNanos;
    this.ownsFile = ownsFile;
    interfaceId = file.addInterface(inner.name());
  }

  /**
   * Captures a link to a file of its own, with the time of day.
   *
   * @throws IOException if the file cannot be created
   */
  public static PcapLink capture(Link inner, Path path) throws IOException {
    return new PcapLink(inner, PcapngFile.create(path), timeOfDay(), true);
  }

  /**
   * Captures a link to a file that others may share; the caller closes the file.
   *
   * @param epochNanos the time of a frame, in nanoseconds since the epoch: {@link #timeOfDay()}, or
   *     the virtual clock of a simulation
   */
  public static PcapLink capture(Link inner, PcapngFile file, LongSupplier epochNanos) {
    return new PcapLink(inner, file, epochNanos, false);
  }

  /** The time of day in nanoseconds since the epoch, which never runs backwards. */
  public static LongSupplier timeOfDay() {
    long base = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime();
    return () -> base + System.nanoTime();
  }

  /** The capture, to ask it for its problem or its count. */
  public PcapngFile file() {
    return file;
  }

  @Override
  public Link inner() {
    return inner;
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public long mac() {
    return inner.mac();
  }

  @Override
  public int mtu() {
    return inner.mtu();
  }

  @Override
  public LinkCapabilities capabilities() {
    return inner.capabilities();
  }

  @Override
  public boolean transmit(Packet frame) {
    if (!inner.transmit(frame)) {
      return false;
    }
    write(frame, PcapngFile.Direction.OUTBOUND);
    return true;
  }

  @Override
  public boolean receive(Packet frame) {
    if (!inner.receive(frame)) {
      return false;
    }
    write(frame, PcapngFile.Direction.INBOUND);
    return true;
  }

  private void write(Packet frame, PcapngFile.Direction direction) {
    file.frame(interfaceId, epochNanos.getAsLong(), direction, frame);
  }

  @Override
  public void onReceivable(Runnable wakeup) {
    inner.onReceivable(wakeup);
  }

  @Override
  public void close() {
    inner.close();
    if (ownsFile) {
      file.close();
    } else {
      file.flush();
    }
  }
}

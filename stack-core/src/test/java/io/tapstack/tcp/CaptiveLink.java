package io.tapstack.tcp;

import io.tapstack.link.Link;
import io.tapstack.link.Packet;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/** The device of a stack under test: whatever it sends goes to the test, and comes from there. */
final class CaptiveLink implements Link {
  static final long STACK_MAC = 0x0200_0000_0001L;
  static final long PEER_MAC = 0x0200_0000_0002L;

  private final Consumer<EthernetFrame> sent;
  private final int mtu;
  private final ArrayDeque<Bytes> incoming = new ArrayDeque<>();
  private Bytes transmitted = Bytes.EMPTY;

  CaptiveLink(int mtu, Consumer<EthernetFrame> sent) {
    this.mtu = mtu;
    this.sent = sent;
  }

  /** The frame that was sent last, byte by byte. */
  Bytes transmitted() {
    return transmitted;
  }

  void deliver(EthernetFrame frame) {
    incoming.add(frame.toBytes());
  }

  @Override
  public String name() {
    return "captive";
  }

  @Override
  public long mac() {
    return STACK_MAC;
  }

  @Override
  public int mtu() {
    return mtu;
  }

  @Override
  public boolean transmit(Packet frame) {
    ByteBuffer copy = ByteBuffer.allocate(frame.totalLength());
    frame.copyTo(copy, 0);
    transmitted = Bytes.copyOf(copy, 0, copy.capacity());
    sent.accept(EthernetFrame.parse(copy, 0, copy.capacity()));
    return true;
  }

  @Override
  public boolean receive(Packet frame) {
    Bytes next = incoming.poll();
    if (next == null) {
      return false;
    }
    frame.end = next.write(frame.buffer, frame.start);
    return true;
  }

  @Override
  public void close() {
    incoming.clear();
  }
}

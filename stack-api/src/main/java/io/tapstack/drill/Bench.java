package io.tapstack.drill;

import io.tapstack.ip.IpInterface;
import io.tapstack.link.Link;
import io.tapstack.link.Packet;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.wire.ArpHeader;
import io.tapstack.wire.ArpPacket;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.IpPayload;
import io.tapstack.wire.Ipv4Packet;
import io.tapstack.wire.Ipv6Packet;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpSegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.SplittableRandom;

/**
 * The stack under test on its virtual clock, and the gateway that is its only neighbour. What the
 * stack sends is kept in order with its time.
 */
final class Bench {
  /** Not zero, so that nothing depends on it, and no multiple of a timer wheel's tick. */
  private static final long START = 1_234_567_890_123L;

  private static final long STACK_MAC = 0x0200_0000_0001L;
  private static final long GATEWAY_MAC = 0x0200_0000_0002L;

  /**
   * A segment that the stack sent.
   *
   * @param time in nanoseconds since the script began
   * @param rawOptions its TCP options as they stand
   */
  record Sent(long time, int trafficClass, TcpSegment segment, Bytes rawOptions) {}

  private final Settings settings;
  private final NetworkStack stack;
  private final IpInterface iface;
  private final ArrayDeque<Sent> sent = new ArrayDeque<>();
  private final ArrayDeque<Bytes> incoming = new ArrayDeque<>();
  private long now = START;

  Bench(Settings settings, TcpConfig tcp) {
    this.settings = settings;
    stack =
        new NetworkStack(
            new StackConfig(2048, Math.max(2048, settings.mtu() + 512), tcp),
            new SplittableRandom(1),
            now);
    iface = stack.attach(new Wire());
    iface.addAddress(settings.local(), settings.prefix());
    stack.ip().routes().addDefault(settings.gateway(), iface);
    if (settings.gateway().isV4()) {
      // RFC 826: who asks for an address is a neighbour worth remembering.
      deliver(
          new EthernetFrame(
              STACK_MAC,
              GATEWAY_MAC,
              ArpPacket.request(GATEWAY_MAC, settings.gateway(), settings.local())));
    } else {
      deliver(
          new EthernetFrame(
              STACK_MAC,
              GATEWAY_MAC,
              IpPacket.of(
                  settings.gateway(),
                  settings.local(),
                  IcmpMessage.neighbourSolicitation(settings.local(), GATEWAY_MAC))));
    }
  }

  NetworkStack stack() {
    return stack;
  }

  /** Nanoseconds since the script began. */
  long now() {
    return now - START;
  }

  /** What the stack has sent and nobody has taken. */
  ArrayDeque<Sent> sent() {
    return sent;
  }

  /**
   * Goes on to the stack's next deadline and lets it do what is due.
   *
   * @return false if nothing is due until that time; then time stands still
   */
  boolean step(long limit) {
    long deadline = stack.nextDeadline();
    if (deadline > START + limit) {
      return false;
    }
    now = Math.max(now, deadline);
    stack.poll(now);
    return true;
  }

  /** Sets the time, once nothing is due before it. */
  void advance(long time) {
    now = Math.max(now, START + time);
    stack.advance(now);
  }

  /** Lets the stack do what is due at once. */
  void settle() {
    stack.poll(now);
  }

  /** A packet of the peer's. */
  void inject(int trafficClass, IpPayload payload) {
    IpPacket plain = IpPacket.of(settings.remote(), settings.local(), payload);
    IpPacket packet =
        plain instanceof Ipv4Packet four
            ? new Ipv4Packet(
                trafficClass,
                four.identification(),
                four.fragmentWord(),
                four.ttl(),
                four.source(),
                four.destination(),
                four.options(),
                payload)
            : new Ipv6Packet(
                trafficClass, 0, plain.ttl(), plain.source(), plain.destination(), payload);
    deliver(new EthernetFrame(STACK_MAC, GATEWAY_MAC, packet));
  }

  private void deliver(EthernetFrame frame) {
    incoming.add(frame.toBytes());
    pump();
    stack.poll(now);
  }

  private void pump() {
    while (!incoming.isEmpty()) {
      if (stack.pump(iface, 16) == 0) {
        throw new IllegalStateException("the stack has no packet left to receive with");
      }
    }
  }

  private void took(ByteBuffer bytes) {
    EthernetFrame frame = EthernetFrame.parse(bytes, 0, bytes.capacity());
    if (frame.payload() instanceof ArpPacket arp) {
      if (arp.operation() == ArpHeader.REQUEST && arp.targetIp().equals(settings.gateway())) {
        answer(new EthernetFrame(STACK_MAC, GATEWAY_MAC, arp.reply(GATEWAY_MAC)));
      }
    } else if (frame.payload() instanceof IpPacket packet) {
      if (packet.payload() instanceof TcpSegment segment) {
        int header = bytes.capacity() - segment.length();
        int optionsAt = header + TcpHeader.MIN_LENGTH;
        int optionsLength = TcpHeader.headerLength(bytes, header) - TcpHeader.MIN_LENGTH;
        sent.add(
            new Sent(
                now(),
                packet.trafficClass(),
                segment,
                Bytes.copyOf(bytes, optionsAt, optionsLength)));
      } else if (packet.payload() instanceof IcmpMessage message
          && message.isNeighbourSolicitation()
          && message.target().equals(settings.gateway())) {
        answer(
            new EthernetFrame(
                STACK_MAC,
                GATEWAY_MAC,
                IpPacket.of(
                    settings.gateway(),
                    settings.local(),
                    IcmpMessage.neighbourAdvertisement(settings.gateway(), GATEWAY_MAC))));
      }
    }
  }

  /** Answers a question that the stack asks in the middle of its turn. */
  private void answer(EthernetFrame frame) {
    incoming.add(frame.toBytes());
    pump();
  }

  /** The only link of the stack. */
  private final class Wire implements Link {
    @Override
    public String name() {
      return "drill";
    }

    @Override
    public long mac() {
      return STACK_MAC;
    }

    @Override
    public int mtu() {
      return settings.mtu();
    }

    @Override
    public boolean transmit(Packet frame) {
      ByteBuffer copy = ByteBuffer.allocate(frame.totalLength());
      frame.copyTo(copy, 0);
      took(copy);
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
}

package io.tapstack.drill;

import io.tapstack.drill.Script.Envelope;
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
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Packet;
import io.tapstack.wire.Ipv6Packet;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpSegment;
import io.tapstack.wire.UdpDatagram;
import io.tapstack.wire.Unparsed;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

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
   * What the stack sent.
   *
   * @param time in nanoseconds since the script began
   * @param payload a TCP segment or a UDP datagram
   * @param rawOptions TCP options as they stand
   * @param reserved the bits of the TCP header that RFC 9293 reserves
   */
  record Sent(long time, Envelope envelope, IpPayload payload, Bytes rawOptions, int reserved) {
    /** The segment, or null if it is a datagram. */
    @Nullable TcpSegment segment() {
      return payload instanceof TcpSegment tcp ? tcp : null;
    }
  }

  /** No script lists nearly as many; a stack that sends more without end has gone wild. */
  private static final int MAX_UNTAKEN = 100_000;

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
  void inject(Envelope envelope, IpPayload payload) {
    IpPacket plain = IpPacket.of(settings.remote(), settings.local(), payload);
    int ttl = envelope.ttl() < 0 ? plain.ttl() : envelope.ttl();
    IpPacket packet =
        plain instanceof Ipv4Packet four
            ? new Ipv4Packet(
                envelope.injectedTrafficClass(),
                four.identification(),
                four.fragmentWord(),
                ttl,
                four.source(),
                four.destination(),
                four.options(),
                payload)
            : new Ipv6Packet(
                envelope.injectedTrafficClass(),
                Math.max(envelope.flowLabel(), 0),
                ttl,
                plain.source(),
                plain.destination(),
                payload);
    deliver(new EthernetFrame(STACK_MAC, GATEWAY_MAC, packet));
  }

  /** A segment of the peer's. */
  void inject(Script.Segment script, TcpSegment segment) {
    boolean accurate = (script.flags() & Script.Segment.AE) != 0;
    inject(script.envelope(), accurate ? withAccurateEcn(segment) : segment);
  }

  /** Sets the bit that this project's TCP header does not know, and corrects the checksum. */
  private IpPayload withAccurateEcn(TcpSegment segment) {
    ByteBuffer bytes = ByteBuffer.allocate(segment.length());
    segment.write(bytes, 0, settings.remote(), settings.local());
    bytes.put(12, (byte) (bytes.get(12) | 1));
    // RFC 1624: a word that grows by 0x0100 lets the sum's complement shrink by it.
    int checksum = TcpHeader.checksum(bytes, 0) - 0x0100;
    TcpHeader.setChecksum(bytes, 0, checksum < 0 ? checksum - 1 : checksum);
    return new Unparsed(IpProtocol.TCP, Bytes.of(bytes.array()), "accurate ECN");
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
        keep(
            new Sent(
                now(),
                envelope(packet),
                segment,
                Bytes.copyOf(bytes, optionsAt, optionsLength),
                bytes.get(header + 12) & 15));
      } else if (packet.payload() instanceof UdpDatagram datagram) {
        keep(new Sent(now(), envelope(packet), datagram, Bytes.EMPTY, 0));
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

  private void keep(Sent packet) {
    if (sent.size() == MAX_UNTAKEN) {
      throw new Mismatch("an end", "more than " + MAX_UNTAKEN + " packets of the stack's");
    }
    sent.add(packet);
  }

  private static Envelope envelope(IpPacket packet) {
    int flowLabel = packet instanceof Ipv6Packet six ? six.flowLabel() : 0;
    return new Envelope(packet.trafficClass(), 0xff, flowLabel, packet.ttl(), -1, -1);
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

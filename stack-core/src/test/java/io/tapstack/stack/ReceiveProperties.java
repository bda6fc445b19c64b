package io.tapstack.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.ip.IpInterface;
import io.tapstack.link.Link;
import io.tapstack.link.Packet;
import io.tapstack.tcp.PortBinding;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpEvents;
import io.tapstack.tcp.TcpListener;
import io.tapstack.wire.ArpPacket;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.FramePayload;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.Segments;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpSegment;
import io.tapstack.wire.UdpDatagram;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/**
 * No frame makes the stack throw, and none makes it keep a packet for ever: random bytes, and
 * frames for a stack with live connections that were cut short, bent bit by bit, or made of
 * plausible fields in implausible combinations with right checksums.
 */
class ReceiveProperties {
  private static final long PEER_MAC = 0x0200_0000_0002L;
  private static final long STACK_MAC = 0x0200_0000_0001L;
  private static final long DAY = 86_400L * 1_000_000_000;
  private static final int[] FLAGS = {
    TcpHeader.FIN, TcpHeader.SYN, TcpHeader.RST, TcpHeader.PSH, TcpHeader.ACK, TcpHeader.URG
  };

  // Proves: attack java
  @Property(tries = 300)
  void randomBytes(@ForAll @Size(max = 1600) byte[] bytes, @ForAll long seed) {
    Host host = new Host(seed);
    host.takes(bytes);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 50; i++) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      if (noise.length >= EthernetHeader.LENGTH) {
        int[] types = {EthernetHeader.TYPE_IPV4, EthernetHeader.TYPE_IPV6, EthernetHeader.TYPE_ARP};
        EthernetHeader.write(
            ByteBuffer.wrap(noise), 0, STACK_MAC, PEER_MAC, types[random.nextInt(3)]);
      }
      host.takes(noise);
    }
    host.comesToRest();
  }

  // Proves: attack java
  @Property(tries = 300)
  void bentFrames(@ForAll long seed) {
    Host host = new Host(seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 200; i++) {
      byte[] frame = host.plausible(random);
      switch (random.nextInt(3)) {
        case 0 -> frame = Arrays.copyOf(frame, random.nextInt(frame.length + 1));
        case 1 -> {
          for (int flips = random.nextInt(8); flips >= 0; flips--) {
            int bit = random.nextInt(frame.length * 8);
            frame[bit / 8] ^= (byte) (1 << bit % 8);
          }
        }
        default -> {
          int at = random.nextInt(frame.length);
          frame[at] = (byte) random.nextInt();
        }
      }
      host.takes(frame);
    }
    host.comesToRest();
  }

  // Proves: attack java
  @Property(tries = 500)
  void plausibleSegmentsInImplausibleOrder(@ForAll long seed) {
    Host host = new Host(seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 200; i++) {
      host.takes(host.plausible(random));
      host.acts(random);
    }
    host.comesToRest();
  }

  /** A stack that listens and connects, and a peer that says anything. */
  private static final class Host {
    private static final IpAddress[] OWN = {
      IpAddress.parse("10.0.0.1"), IpAddress.parse("fd00::1")
    };
    private static final IpAddress[] PEER = {
      IpAddress.parse("10.0.0.2"), IpAddress.parse("fd00::2")
    };
    private static final int LISTENING = 80;
    private static final int REMOTE = 4000;

    private final NetworkStack stack;
    private final IpInterface iface;
    private final TcpListener listener;
    private final PortBinding binding;
    private final ArrayDeque<TcpConnection> connections = new ArrayDeque<>();
    private final Wire wire = new Wire();
    private long now;

    Host(long seed) {
      stack =
          new NetworkStack(StackConfig.defaults().withPackets(64), new SplittableRandom(seed), now);
      iface = stack.attach(wire);
      iface.addAddress(OWN[0], 24);
      iface.addAddress(OWN[1], 64);
      binding = stack.tcp().bind(IpAddress.ANY_V6, LISTENING, false);
      listener = stack.tcp().listen(binding, 4, TcpEvents.NONE);
      meet();
      connections.add(stack.tcp().connect(null, PEER[0], REMOTE, TcpEvents.NONE));
      connections.add(stack.tcp().connect(null, PEER[1], REMOTE, TcpEvents.NONE));
    }

    /** Makes the stack and the peer neighbours: who asks for an address is remembered. */
    private void meet() {
      takes(frame(ArpPacket.request(PEER_MAC, PEER[0], OWN[0])));
      IcmpMessage solicitation = IcmpMessage.neighbourSolicitation(OWN[1], PEER_MAC);
      takes(frame(IpPacket.of(PEER[1], OWN[1], solicitation)));
    }

    void takes(byte[] frame) {
      wire.incoming.add(frame);
      stack.advance(now);
      stack.pump(iface, 1);
      stack.poll(now);
    }

    /** Something that an application or the clock does. */
    void acts(SplittableRandom random) {
      TcpConnection accepted = listener.accept();
      if (accepted != null) {
        connections.add(accepted);
      }
      TcpConnection c = connections.peek();
      if (c != null) {
        connections.addLast(connections.removeFirst());
        switch (random.nextInt(12)) {
          case 0, 1, 2 -> c.write(new byte[3000], 0, random.nextInt(3000));
          case 3, 4, 5 -> c.read(new byte[3000], 0, 3000);
          case 6 -> c.shutdownOutput();
          case 7 -> {
            connections.remove(c);
            c.close();
          }
          default -> {}
        }
        c.flush();
        c.consumed();
      }
      now += random.nextLong(random.nextInt(10) == 0 ? 2_000_000_000L : 10_000_000L);
      stack.poll(now);
    }

    /** A frame that some peer could have sent: near the numbers of what the stack sent last. */
    byte[] plausible(SplittableRandom random) {
      TcpSegment about = wire.last;
      int version = random.nextInt(2);
      if (random.nextInt(8) == 0 || about == null) {
        UdpDatagram datagram = new UdpDatagram(7, random.nextInt(100), Bytes.of(new byte[9]));
        return frame(IpPacket.of(PEER[version], OWN[version], datagram));
      }
      TcpSegment s = Segments.segment();
      int target = random.nextInt(3) == 0 ? LISTENING : about.sourcePort();
      s = s.ports(target == LISTENING ? 1000 + random.nextInt(3) : about.destinationPort(), target);
      int flags = TcpHeader.ACK;
      while (random.nextInt(3) == 0) {
        flags ^= FLAGS[random.nextInt(FLAGS.length)];
      }
      s = s.plus(flags);
      int near = random.nextInt(4) == 0 ? random.nextInt(200_000) - 100_000 : random.nextInt(9) - 4;
      s = s.seq(about.acknowledgment() + near);
      int ack = about.sequence() + about.sequenceLength() + (random.nextInt(4) == 0 ? near : 0);
      if ((flags & TcpHeader.ACK) != 0) {
        s = s.ack(ack).plus(flags);
      }
      s = s.win(random.nextInt(4) == 0 ? random.nextInt(3) : random.nextInt(65_536));
      if (random.nextInt(2) == 0) {
        s = s.data(new byte[random.nextInt(1400)]);
      }
      if (random.nextInt(3) == 0) {
        s = s.ts(random.nextInt(), random.nextInt());
      }
      if ((flags & TcpHeader.SYN) != 0 && random.nextBoolean()) {
        s = s.mss(random.nextInt(65_536)).wscale(random.nextInt(20));
      }
      return frame(IpPacket.of(wire.lastPeer(version), wire.lastOwn(version), s));
    }

    private byte[] frame(FramePayload payload) {
      return new EthernetFrame(STACK_MAC, PEER_MAC, payload).toBytes().toArray();
    }

    void comesToRest() {
      listener.close();
      binding.release();
      connections.forEach(TcpConnection::abort);
      long end = now + DAY;
      while (stack.nextDeadline() < end) {
        now = Math.max(now, stack.nextDeadline());
        stack.poll(now);
      }
      assertThat(stack.tcp().connections()).isZero();
      assertThat(stack.pool().outstanding()).isZero();
      assertThat(stack.timers()).isZero();
    }
  }

  /** Frames in from a queue; what goes out is looked at once. */
  private static final class Wire implements Link {
    final ArrayDeque<byte[]> incoming = new ArrayDeque<>();
    TcpSegment last;
    private boolean lastV4 = true;

    IpAddress lastPeer(int version) {
      return Host.PEER[last == null ? version : lastV4 ? 0 : 1];
    }

    IpAddress lastOwn(int version) {
      return Host.OWN[last == null ? version : lastV4 ? 0 : 1];
    }

    @Override
    public String name() {
      return "wire";
    }

    @Override
    public long mac() {
      return STACK_MAC;
    }

    @Override
    public int mtu() {
      return 1500;
    }

    @Override
    public boolean transmit(Packet frame) {
      ByteBuffer copy = ByteBuffer.allocate(frame.totalLength());
      frame.copyTo(copy, 0);
      EthernetFrame parsed = EthernetFrame.parse(copy, 0, copy.capacity());
      if (parsed.payload() instanceof IpPacket packet
          && packet.payload() instanceof TcpSegment segment) {
        last = segment;
        lastV4 = packet.source().isV4();
      }
      return true;
    }

    @Override
    public boolean receive(Packet frame) {
      byte[] next = incoming.poll();
      if (next == null) {
        return false;
      }
      int length = Math.min(next.length, frame.buffer.capacity() - frame.start);
      frame.buffer.put(frame.start, next, 0, length);
      frame.end = frame.start + length;
      return true;
    }

    @Override
    public void close() {
      incoming.clear();
    }
  }
}

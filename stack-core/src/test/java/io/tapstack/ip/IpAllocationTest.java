package io.tapstack.ip;

import static io.tapstack.ip.TestHost.PEER;
import static io.tapstack.ip.TestHost.PEER_6;
import static io.tapstack.ip.TestHost.PEER_MAC;
import static io.tapstack.ip.TestHost.US;
import static io.tapstack.ip.TestHost.US_6;
import static io.tapstack.ip.TestHost.US_MAC;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tapstack.base.Result;
import io.tapstack.link.Packet;
import io.tapstack.link.Pipe;
import io.tapstack.udp.Udp;
import io.tapstack.udp.UdpSocket;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.UdpDatagram;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Per packet, in steady state, nothing is allocated. */
class IpAllocationTest {
  private static final int PACKETS = 20_000;

  /** What the measuring itself may allocate, less than a byte per packet. */
  private static final long SLACK = PACKETS / 2;

  private final TestHost host = new TestHost(1, 16, 2048);
  private final Pipe pipe =
      Pipe.create("pipe", PEER_MAC + 0x100, US_MAC + 0x100, Pipe.DEFAULT_MTU, 4);
  private final IpInterface iface = host.ip.attach(pipe.right());
  private final Udp udp = new Udp(host.ip, host.pool, host.random);
  private final Packet sink = Objects.requireNonNull(host.pool.acquire());

  @BeforeEach
  void meet() {
    host.ip.register(IpProtocol.UDP, udp);
    iface.addAddress(US, 24);
    iface.addAddress(US_6, 64);
    iface.neighbours().learned(PEER.high(), PEER.low(), PEER_MAC);
    iface.neighbours().learned(PEER_6.high(), PEER_6.low(), PEER_MAC);
    iface.neighbours().confirm(PEER.high(), PEER.low());
    iface.neighbours().confirm(PEER_6.high(), PEER_6.low());
  }

  private static void allocatesNothing(Runnable packet) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < PACKETS; i++) {
      packet.run();
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < PACKETS; i++) {
      packet.run();
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(SLACK);
  }

  private void receives(ByteBuffer frame) {
    Packet packet = Objects.requireNonNull(host.pool.acquire());
    packet.end = packet.start + frame.capacity();
    packet.buffer.put(packet.start, frame, 0, frame.capacity());
    host.ip.receive(iface, packet);
  }

  private static ByteBuffer frame(IpPacket packet) {
    return ByteBuffer.wrap(new EthernetFrame(US_MAC + 0x100, PEER_MAC, packet).toBytes().toArray());
  }

  @Test
  void sendingToANeighbour() {
    Packet packet = host.packet(Bytes.pattern(0, 1000));
    allocatesNothing(
        () -> {
          host.ip.send(packet, 0, US.low(), 0, PEER.low(), IpProtocol.TCP, 0, Ip.DEFAULT_TTL);
          host.ip.send(
              packet,
              US_6.high(),
              US_6.low(),
              PEER_6.high(),
              PEER_6.low(),
              IpProtocol.TCP,
              0,
              Ip.DEFAULT_TTL);
          host.ip.confirm(PEER.high(), PEER.low());
          pipe.left().receive(sink.clear());
          pipe.left().receive(sink.clear());
        });
    assertThat(iface.counters().framesOut()).isEqualTo(4L * PACKETS);
  }

  @Test
  void receivingAndPollingDatagrams() {
    UdpSocket socket = udp.bind(IpAddress.ANY_V6, 9, () -> {});
    ByteBuffer four = frame(IpPacket.of(PEER, US, new UdpDatagram(1, 9, Bytes.pattern(0, 999))));
    ByteBuffer six = frame(IpPacket.of(PEER_6, US_6, new UdpDatagram(1, 9, Bytes.pattern(0, 9))));
    allocatesNothing(
        () -> {
          receives(four);
          receives(six);
          Objects.requireNonNull(socket.poll()).release();
          Objects.requireNonNull(socket.poll()).release();
        });
    assertThat(udp.counters().received()).isEqualTo(4L * PACKETS);
  }

  @Test
  void sendingDatagrams() {
    UdpSocket socket = udp.bind(IpAddress.ANY_V6, 9, () -> {});
    ByteBuffer payload = ByteBuffer.allocateDirect(500);
    allocatesNothing(
        () -> {
          if (socket.send(payload, 0, 500, PEER, 7) != Result.OK
              || socket.send(payload, 0, 500, PEER_6, 7) != Result.OK) {
            throw new AssertionError("not sent");
          }
          pipe.left().receive(sink.clear());
          pipe.left().receive(sink.clear());
        });
  }

  @Test
  void answeringEcho() {
    ByteBuffer four = frame(IpPacket.of(PEER, US, IcmpMessage.echoV4(1, 2, Bytes.pattern(0, 56))));
    ByteBuffer six =
        frame(IpPacket.of(PEER_6, US_6, IcmpMessage.echoV6(1, 2, Bytes.pattern(0, 56))));
    allocatesNothing(
        () -> {
          receives(four);
          receives(six);
          pipe.left().receive(sink.clear());
          pipe.left().receive(sink.clear());
        });
    assertThat(iface.counters().echoReplies()).isEqualTo(4L * PACKETS);
  }

  @Test
  void dropping() {
    ByteBuffer other =
        frame(IpPacket.of(PEER, IpAddress.parse("192.0.2.1"), new UdpDatagram(1, 9, Bytes.EMPTY)));
    ByteBuffer closed = frame(IpPacket.of(PEER, US, new UdpDatagram(1, 10, Bytes.EMPTY)));
    allocatesNothing(
        () -> {
          receives(other);
          receives(closed);
          pipe.left().receive(sink.clear());
        });
    assertThat(iface.counters().dropped(IpDrop.NOT_OURS)).isEqualTo(2L * PACKETS);
  }
}

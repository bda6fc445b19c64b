package io.tapstack.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.Packet;
import io.tapstack.tap.Epoll;
import io.tapstack.tap.TapLink;
import io.tapstack.wire.ArpHeader;
import io.tapstack.wire.ArpPacket;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Mac;
import io.tapstack.wire.UdpDatagram;
import io.tapstack.wire.UdpHeader;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Frames between a TAP link and the kernel, without a stack. */
@RequiresTap
// A wait in the kernel heeds no interrupt: another thread has to call time.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TapLinkTest {
  private static final int PORT = 7007;

  private TapPeer peer;

  @BeforeEach
  void open() throws Exception {
    peer = new TapPeer();
  }

  @AfterEach
  void close() throws Exception {
    assertThat(peer.isWhole()).as("every packet is back").isTrue();
    peer.close();
  }

  @Test
  void kernelAnswersArp() throws Exception {
    ArpPacket request = ArpPacket.request(peer.link.mac(), TapPeer.V4, TapPeer.HOST_V4);
    assertThat(peer.send(new EthernetFrame(Mac.BROADCAST, peer.link.mac(), request))).isTrue();
    EthernetFrame reply =
        peer.expect(p -> p instanceof ArpPacket arp && arp.operation() == ArpHeader.REPLY);
    assertThat(reply.destination()).isEqualTo(peer.link.mac());
    assertThat(reply.payload()).isEqualTo(request.reply(peer.hostMac()));
    assertThat(peer.link.counters().framesOut()).isEqualTo(1);
    assertThat(peer.link.counters().bytesOut()).isEqualTo(14 + 28);
  }

  @Test
  void kernelAnswersEchoOverIpv4AndAtOnceOverIpv6() throws Exception {
    IcmpMessage v4 = IcmpMessage.echoV4(7, 1, Bytes.pattern(0, 56));
    assertThat(peer.send(IpPacket.of(TapPeer.V4, TapPeer.HOST_V4, v4))).isTrue();
    peer.expect(p -> p instanceof IpPacket ip && ip.payload().equals(v4.echoReply()));

    IcmpMessage v6 = IcmpMessage.echoV6(7, 2, Bytes.pattern(3, 1400));
    assertThat(peer.send(IpPacket.of(TapPeer.V6, TapPeer.HOST_V6, v6))).isTrue();
    peer.expect(p -> p instanceof IpPacket ip && ip.payload().equals(v6.echoReply()));
  }

  @Test
  void kernelPingsThePeer() throws Exception {
    for (IpAddress address : new IpAddress[] {TapPeer.V4, TapPeer.V6}) {
      InetAddress target = InetAddress.getByAddress(address.toBytes());
      CompletableFuture<Boolean> reached =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return target.isReachable(8000);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      EthernetFrame echo =
          peer.expect(
              p ->
                  p instanceof IpPacket ip
                      && ip.payload() instanceof IcmpMessage icmp
                      && icmp.isEcho());
      IpPacket asked = (IpPacket) echo.payload();
      assertThat(asked.destination()).isEqualTo(address);
      IcmpMessage reply = ((IcmpMessage) asked.payload()).echoReply();
      peer.send(IpPacket.of(address, asked.source(), reply));
      assertThat(reached.get(10, TimeUnit.SECONDS)).as("reached " + address).isTrue();
    }
  }

  @Test
  void datagramGatheredFromThreePlacesArrivesWhole() throws Exception {
    Random random = new Random(7);
    ByteBuffer ring = ByteBuffer.allocateDirect(4096);
    try (DatagramSocket socket = socket()) {
      for (int length = 0; length <= 1472; length += 1 + random.nextInt(40)) {
        Bytes data = Bytes.pattern(length, length);
        int at = ring.capacity() - random.nextInt(length + 1);
        int first = Math.min(length, ring.capacity() - at);
        data.slice(0, first).write(ring, at % ring.capacity());
        data.slice(first, length).write(ring, 0);

        Packet packet = datagram(data);
        int inCell = random.nextInt(3) == 0 ? length : 0;
        if (inCell == 0) {
          packet.end -= length; // the headers stay, and the data comes from the ring
          packet.gather(ring, at % ring.capacity(), first, 0, length - first);
        }
        assertThat(packet.totalLength()).isEqualTo(14 + 20 + 8 + length);
        assertThat(peer.link.transmit(packet)).isTrue();
        packet.release();

        DatagramPacket arrived = new DatagramPacket(new byte[2000], 2000);
        socket.receive(arrived);
        assertThat(arrived.getLength()).isEqualTo(length);
        assertThat(Bytes.copyOf(ByteBuffer.wrap(arrived.getData()), 0, length)).isEqualTo(data);
      }
    }
    assertThat(peer.link.counters().failed()).isZero();
  }

  @Test
  void ringsThatTakeTurnsAreNotMixedUp() throws Exception {
    ByteBuffer memory = ByteBuffer.allocateDirect(300);
    ByteBuffer[] rings = {memory.slice(0, 100), memory.slice(100, 100), memory.slice(200, 100)};
    try (DatagramSocket socket = socket()) {
      for (int i = 0; i < 30; i++) {
        Bytes data = Bytes.pattern(i * 100L, 100);
        data.write(rings[i % 3], 0);
        Packet packet = datagram(data);
        packet.end -= 100;
        packet.gather(rings[i % 3], 0, 100, 0, 0);
        assertThat(peer.link.transmit(packet)).isTrue();
        packet.release();
        DatagramPacket arrived = new DatagramPacket(new byte[200], 200);
        socket.receive(arrived);
        assertThat(Bytes.copyOf(ByteBuffer.wrap(arrived.getData()), 0, 100)).isEqualTo(data);
      }
    }
  }

  @Test
  void receivedFrameHasItsIpHeaderAligned() throws Exception {
    byte[] data = Bytes.pattern(0, 1000).toArray();
    try (DatagramSocket socket = socket()) {
      socket.send(new DatagramPacket(data, data.length, toPeer()));
      peer.expect(p -> p instanceof IpPacket ip && ip.payload() instanceof UdpDatagram);
      socket.send(new DatagramPacket(data, data.length, toPeer())); // the neighbour is known now
      Packet packet = peer.pool.acquire();
      while (!peer.link.receive(packet)
          || EthernetHeader.type(packet.buffer, packet.start) != EthernetHeader.TYPE_IPV4) {
        Thread.onSpinWait();
        packet.clear();
      }
      int ip = packet.start + EthernetHeader.LENGTH;
      assertThat((packet.slabOffset + ip) % 4).isZero();
      assertThat(packet.start).isGreaterThanOrEqualTo(Packet.HEADROOM);
      assertThat(packet.length()).isEqualTo(14 + 20 + 8 + 1000);
      assertThat(Ipv4Header.check(packet.buffer, ip, packet.length() - 14)).isTrue();
      packet.release();
    }
  }

  @Test
  void frameLargerThanAPacketIsDroppedAndCounted() throws Exception {
    peer.close();
    peer = new TapPeer(640);
    try (DatagramSocket socket = socket()) {
      socket.send(new DatagramPacket(new byte[100], 100, toPeer()));
      peer.expect(p -> p instanceof IpPacket ip && ip.payload() instanceof UdpDatagram);
      socket.send(new DatagramPacket(new byte[1200], 1200, toPeer()));
      socket.send(new DatagramPacket(new byte[101], 101, toPeer()));
      EthernetFrame next =
          peer.expect(p -> p instanceof IpPacket ip && ip.payload() instanceof UdpDatagram);
      assertThat(((UdpDatagram) ((IpPacket) next.payload()).payload()).data().length())
          .isEqualTo(101);
      assertThat(peer.link.counters().oversized()).isEqualTo(1);
    }
  }

  @Test
  void interfaceThatIsDownDropsAndCounts() throws Exception {
    try (TapLink down = TapLink.open("tap%d")) {
      Packet packet = datagram(Bytes.pattern(0, 10));
      assertThat(down.transmit(packet)).isFalse();
      assertThat(down.counters().down()).isEqualTo(1);
      assertThat(down.receive(packet.clear())).isFalse();
      packet.release();
    }
  }

  @Test
  void interfaceDeletedUnderneathIsNoticedAndWaitedForNoMore() throws Exception {
    Logger log = Logger.getLogger(TapLink.class.getName());
    log.setLevel(Level.OFF); // its warning is what this test provokes
    try (TapLink doomed = TapLink.open("tap%d");
        Epoll epoll = new Epoll()) {
      epoll.add(doomed.fileDescriptor());
      Ip.run("link", "delete", doomed.name());
      assertThat(epoll.await(-1)).as("it is reported once").isEqualTo(1);
      Packet packet = datagram(Bytes.EMPTY);
      assertThat(doomed.receive(packet.clear())).isFalse();
      assertThat(doomed.transmit(datagramInto(packet.clear(), Bytes.EMPTY))).isFalse();
      assertThat(doomed.isGone()).isTrue();
      assertThat(doomed.counters().failed()).isEqualTo(2);
      packet.release();
      long start = System.nanoTime();
      assertThat(epoll.await(20_000_000)).isZero();
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
    }
  }

  @Test
  void closedLinkDropsAndDoesNotTouchTheDescriptor() throws Exception {
    TapLink closed = TapLink.open("tap%d");
    closed.close();
    closed.close();
    assertThat(closed.fileDescriptor()).isEqualTo(-1);
    Packet packet = datagram(Bytes.EMPTY);
    assertThat(closed.transmit(packet)).isFalse();
    assertThat(closed.receive(packet.clear())).isFalse();
    packet.release();
  }

  private Packet datagram(Bytes data) throws Exception {
    return datagramInto(peer.pool.acquire(), data);
  }

  /** A datagram to {@link #socket}, whole, with right checksums. */
  private Packet datagramInto(Packet packet, Bytes data) throws Exception {
    EthernetFrame frame =
        new EthernetFrame(
            peer.hostMac(),
            peer.link.mac(),
            IpPacket.of(TapPeer.V4, TapPeer.HOST_V4, new UdpDatagram(PORT, PORT, data)));
    frame.write(packet.buffer, packet.start);
    packet.end = packet.start + frame.length();
    assertThat(frame.length())
        .isEqualTo(
            EthernetHeader.LENGTH + Ipv4Header.MIN_LENGTH + UdpHeader.LENGTH + data.length());
    return packet;
  }

  private static DatagramSocket socket() throws Exception {
    DatagramSocket socket = new DatagramSocket(new InetSocketAddress("10.77.0.1", PORT));
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static InetSocketAddress toPeer() {
    return new InetSocketAddress("10.77.0.2", PORT);
  }
}

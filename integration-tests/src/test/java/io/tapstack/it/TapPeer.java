package io.tapstack.it;

import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.tap.Epoll;
import io.tapstack.tap.HostInterface;
import io.tapstack.tap.TapDevice;
import io.tapstack.tap.TapException;
import io.tapstack.tap.TapLink;
import io.tapstack.wire.ArpHeader;
import io.tapstack.wire.ArpPacket;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.FramePayload;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.Ipv6Packet;
import io.tapstack.wire.Mac;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A neighbour of the kernel, driven by hand: a TAP link without a stack. While it waits for a frame
 * it answers ARP requests, neighbour solicitations and echo requests for its own addresses.
 */
final class TapPeer implements AutoCloseable {
  static final IpAddress HOST_V4 = IpAddress.parse("10.77.0.1");
  static final IpAddress HOST_V6 = IpAddress.parse("fd77::1");
  static final IpAddress V4 = IpAddress.parse("10.77.0.2");
  static final IpAddress V6 = IpAddress.parse("fd77::2");

  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

  final TapLink link;
  final HostInterface host;
  final PacketPool pool;
  private final Epoll epoll;
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(2048);

  /** A peer with packets of ordinary size. */
  TapPeer() throws TapException {
    this(2048);
  }

  TapPeer(int cellSize) throws TapException {
    TapDevice device = TapDevice.open("tap%d");
    host = HostInterface.of(device.name());
    host.up();
    host.addAddress(HOST_V4, 24);
    host.addAddress(HOST_V6, 64);
    link = new TapLink(device, TapLink.randomMac());
    pool = new PacketPool(4, cellSize);
    epoll = new Epoll();
    epoll.add(link.fileDescriptor());
  }

  /** The MAC address of the host's side, as the JDK reads it. */
  long hostMac() throws SocketException {
    byte[] bytes = NetworkInterface.getByName(link.name()).getHardwareAddress();
    return Mac.read(ByteBuffer.allocate(8).put(bytes), 0);
  }

  /** Sends a frame in one piece. Returns what the link says. */
  boolean send(EthernetFrame frame) {
    Packet packet = pool.acquire();
    frame.write(scratch, 0);
    packet.end = packet.start + frame.length();
    packet.buffer.put(packet.start, scratch, 0, frame.length());
    boolean sent = link.transmit(packet);
    packet.release();
    return sent;
  }

  /** Sends something to the host. */
  boolean send(FramePayload payload) throws SocketException {
    return send(new EthernetFrame(hostMac(), link.mac(), payload));
  }

  /** Waits for a frame that carries what is looked for. */
  EthernetFrame expect(Predicate<FramePayload> wanted) throws SocketException {
    List<EthernetFrame> seen = new ArrayList<>();
    long deadline = System.nanoTime() + PATIENCE;
    while (System.nanoTime() < deadline) {
      Packet packet = pool.acquire();
      try {
        while (link.receive(packet)) {
          EthernetFrame frame = EthernetFrame.parse(packet.buffer, packet.start, packet.length());
          if (wanted.test(frame.payload())) {
            return frame;
          }
          seen.add(frame);
          answer(frame);
          packet.clear();
        }
      } finally {
        packet.release();
      }
      epoll.await(Math.max(0, deadline - System.nanoTime()));
    }
    throw new AssertionError("the expected frame did not come; these did: " + seen);
  }

  private void answer(EthernetFrame frame) throws SocketException {
    if (frame.payload() instanceof ArpPacket arp
        && arp.operation() == ArpHeader.REQUEST
        && arp.targetIp().equals(V4)) {
      send(new EthernetFrame(frame.source(), link.mac(), arp.reply(link.mac())));
    } else if (frame.payload() instanceof IpPacket ip && ip.payload() instanceof IcmpMessage icmp) {
      if (icmp.isNeighbourSolicitation() && icmp.target().equals(V6) && !ip.source().isAny()) {
        sendNeighbourAdvertisement(frame.source(), ip.source());
      } else if (icmp.isEcho() && (ip.destination().equals(V4) || ip.destination().equals(V6))) {
        IpPacket reply = IpPacket.of(ip.destination(), ip.source(), icmp.echoReply());
        send(new EthernetFrame(frame.source(), link.mac(), reply));
      }
    }
  }

  private void sendNeighbourAdvertisement(long mac, IpAddress to) {
    IcmpMessage advertisement = IcmpMessage.neighbourAdvertisement(V6, link.mac());
    // RFC 4861 section 7.1.2: any other hop limit is from beyond a router, and is ignored.
    send(new EthernetFrame(mac, link.mac(), new Ipv6Packet(0, 0, 255, V6, to, advertisement)));
  }

  /** Whether every packet is back in the pool. */
  boolean isWhole() {
    return pool.outstanding() == 0;
  }

  @Override
  public void close() throws TapException {
    epoll.close();
    link.close();
    host.close();
  }
}

package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.StackTime;
import io.tapstack.base.TimerWheel;
import io.tapstack.link.Link;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.wire.ArpPacket;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.FramePayload;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.IpPayload;
import io.tapstack.wire.Ipv6Packet;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Random;

/**
 * A host under test: an IP layer with one interface, a virtual clock, and a wire whose other end is
 * the test, so that tests read as traces: {@code receives}, {@code sends}, {@code after}.
 */
public final class TestHost {
  public static final IpAddress US = IpAddress.parse("10.0.0.2");
  public static final IpAddress PEER = IpAddress.parse("10.0.0.1");
  public static final IpAddress US_6 = IpAddress.parse("fd77::2");
  public static final IpAddress PEER_6 = IpAddress.parse("fd77::1");
  public static final IpAddress US_LINK_LOCAL = IpAddress.parse("fe80::ff:fe00:2");
  public static final long US_MAC = 0x0200_0000_0002L;
  public static final long PEER_MAC = 0x0200_0000_0001L;
  public static final long SECOND = 1_000_000_000L;

  public final StackTime time = new StackTime(1_000 * SECOND);
  public final TimerWheel timers = new TimerWheel(time.now());
  public final PacketPool pool;
  public final Random random;
  public final Ip ip;
  public final Wire wire = new Wire("test0", US_MAC);
  public final IpInterface iface;

  /** A host without addresses. */
  public TestHost(long seed, int packets, int cellSize) {
    random = new Random(seed);
    pool = new PacketPool(packets, cellSize);
    ip = new Ip(time, timers, pool, random);
    iface = ip.attach(wire);
  }

  /** The usual host: 10.0.0.2/24 and fd77::2/64, default routes by 10.0.0.254 and fd77::fe. */
  public static TestHost usual() {
    TestHost host = new TestHost(1, 80, 2048);
    host.iface.addAddress(US, 24);
    host.iface.addAddress(US_6, 64);
    host.ip.routes().addDefault(IpAddress.parse("10.0.0.254"), host.iface);
    host.ip.routes().addDefault(IpAddress.parse("fd77::fe"), host.iface);
    return host;
  }

  /** The usual host, which knows the peer's MAC address in both versions. */
  public static TestHost acquainted() {
    TestHost host = usual();
    host.meets(PEER, PEER_MAC);
    host.meets(PEER_6, PEER_MAC);
    return host;
  }

  /** Somebody on the link makes itself known by asking for us. */
  public void meets(IpAddress who, long mac) {
    if (who.isV4()) {
      receives(new EthernetFrame(US_MAC, mac, ArpPacket.request(mac, who, US)));
    } else {
      receives(
          new EthernetFrame(
              US_MAC,
              mac,
              new Ipv6Packet(0, 0, 255, who, US_6, IcmpMessage.neighbourSolicitation(US_6, mac))));
    }
    wire.sent.removeLast();
  }

  // ---- in ----

  /** Hands in a frame. */
  public void receives(EthernetFrame frame) {
    receives(frame.toBytes());
  }

  /** Hands in a packet from the peer to our MAC address. */
  public void receives(FramePayload packet) {
    receives(new EthernetFrame(US_MAC, PEER_MAC, packet));
  }

  /** Hands in a packet from the peer to our MAC address. */
  public void receives(IpAddress from, IpAddress to, IpPayload payload) {
    receives(IpPacket.of(from, to, payload));
  }

  /** Hands in a frame. */
  public void receives(Bytes frame) {
    Packet packet = Objects.requireNonNull(pool.acquire());
    packet.end = frame.write(packet.buffer, packet.start);
    ip.receive(iface, packet);
  }

  // ---- time ----

  /** Lets time pass; timers fire at their deadlines. */
  public void after(double seconds) {
    long until = time.now() + Math.round(seconds * SECOND);
    for (long next = timers.nextDeadline(); next <= until; next = timers.nextDeadline()) {
      time.advance(next);
      timers.advance(next);
    }
    time.advance(until);
  }

  // ---- out ----

  /** The next frame that was sent must read like this. */
  public EthernetFrame sends(String expected) {
    assertThat(wire.sent).as("frames sent; expected %s", expected).isNotEmpty();
    EthernetFrame frame = wire.sent.removeFirst();
    assertThat(frame).hasToString(expected);
    return frame;
  }

  /** Nothing more was sent. */
  public void sendsNothing() {
    assertThat(wire.sent).isEmpty();
  }

  /** How often a frame was dropped for this reason. */
  public long dropped(IpDrop why) {
    return iface.counters().dropped(why);
  }

  /** No packet is out. */
  public void hasAllPacketsBack() {
    assertThat(pool.outstanding()).as("packets that were not given back").isZero();
    assertThat(ip.packets().largeOutstanding()).as("large packets not given back").isZero();
  }

  /** A packet whose transport header is the given bytes. */
  public Packet packet(Bytes transport) {
    Packet packet = Objects.requireNonNull(pool.acquire());
    packet.end = transport.write(packet.buffer, packet.start);
    return packet;
  }

  /** Records what is transmitted. */
  public static final class Wire implements Link {
    public final Deque<EthernetFrame> sent = new ArrayDeque<>();
    public boolean up = true;
    public int mtu = 1500;
    private final String name;
    private final long mac;

    Wire(String name, long mac) {
      this.name = name;
      this.mac = mac;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public long mac() {
      return mac;
    }

    @Override
    public int mtu() {
      return mtu;
    }

    @Override
    public boolean transmit(Packet frame) {
      if (up) {
        byte[] bytes = new byte[frame.totalLength()];
        frame.copyTo(ByteBuffer.wrap(bytes), 0);
        sent.add(EthernetFrame.parse(Bytes.of(bytes)));
      }
      return up;
    }

    @Override
    public boolean receive(Packet frame) {
      return false;
    }

    @Override
    public void close() {}
  }
}

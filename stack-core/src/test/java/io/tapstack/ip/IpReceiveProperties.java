package io.tapstack.ip;

import static io.tapstack.ip.TestHost.PEER;
import static io.tapstack.ip.TestHost.PEER_6;
import static io.tapstack.ip.TestHost.PEER_MAC;
import static io.tapstack.ip.TestHost.US;
import static io.tapstack.ip.TestHost.US_6;
import static io.tapstack.ip.TestHost.US_MAC;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.NeighbourCache;
import io.tapstack.link.Packet;
import io.tapstack.udp.Udp;
import io.tapstack.udp.UdpSocket;
import io.tapstack.wire.ArpPacket;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.IpPayload;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Packet;
import io.tapstack.wire.Ipv6Packet;
import io.tapstack.wire.Mac;
import io.tapstack.wire.UdpDatagram;
import io.tapstack.wire.Unparsed;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * No frame makes {@link Ip#receive} throw, none keeps a packet, none makes anything grow without
 * bound.
 */
class IpReceiveProperties {
  private static final int PORT = 4000;

  /** A host with all of IP and UDP behind it, fed until the end and then looked at. */
  private static final class Target {
    final TestHost host = TestHost.usual();
    final Udp udp = new Udp(host.ip, host.pool, host.random);
    final UdpSocket socket = bind();

    private UdpSocket bind() {
      host.ip.register(IpProtocol.UDP, udp);
      return udp.bind(IpAddress.ANY_V6, PORT, () -> {});
    }

    void receives(Bytes frame) {
      host.receives(frame);
      host.ip.deliverLooped();
    }

    void settles() {
      assertThat(host.iface.neighbours().size())
          .isLessThanOrEqualTo(NeighbourCache.DEFAULT_CAPACITY);
      host.after(80); // fragments wait for a minute, and what is said then asks for neighbours
      while (host.ip.deliverLooped()) {
        host.after(1);
      }
      socket.close();
      host.hasAllPacketsBack();
      assertThat(host.timers.size()).as("timers left").isZero();
    }
  }

  // ---- random bytes ----

  @Property(tries = 3000)
  void takesRandomBytes(@ForAll @Size(max = 1900) byte[] bytes) {
    Target target = new Target();
    target.receives(Bytes.of(bytes));
    target.settles();
  }

  @Property(tries = 5000)
  void takesRandomBytesBehindAGoodEthernetHeader(
      @ForAll @Size(max = 200) byte[] bytes, @ForAll("types") int type, @ForAll boolean group) {
    Target target = new Target();
    target.receives(
        new EthernetFrame(
                group ? Mac.BROADCAST : US_MAC,
                PEER_MAC,
                new Unparsed(type, Bytes.of(bytes), "random"))
            .toBytes());
    target.settles();
  }

  @Property(tries = 5000)
  void takesRandomBytesBehindAGoodIpHeader(
      @ForAll @Size(max = 200) byte[] bytes,
      @ForAll("protocols") int protocol,
      @ForAll boolean v6) {
    Target target = new Target();
    IpPayload payload = new Unparsed(protocol, Bytes.of(bytes), "random");
    target.receives(
        new EthernetFrame(
                US_MAC,
                PEER_MAC,
                v6
                    ? new Ipv6Packet(0, 0, 255, PEER_6, US_6, payload)
                    : new Ipv4Packet(0, 0, 0, 64, PEER, US, Bytes.EMPTY, payload))
            .toBytes());
    target.settles();
  }

  @Provide
  Arbitrary<Integer> types() {
    return Arbitraries.of(0x0800, 0x0806, 0x86dd, 0x8100, 0x88a8, 0x05dc, 0x1234);
  }

  @Provide
  Arbitrary<Integer> protocols() {
    return Arbitraries.oneOf(
        Arbitraries.of(0, 1, 17, 43, 44, 58, 59, 60), Arbitraries.integers().between(0, 255));
  }

  // ---- valid frames, damaged ----

  @Property(tries = 1000)
  void takesValidFrames(@ForAll @Size(max = 40) List<@From("frames") EthernetFrame> frames) {
    Target target = new Target();
    for (EthernetFrame frame : frames) {
      target.receives(frame.toBytes());
    }
    target.settles();
  }

  @Property(tries = 5000)
  void takesTruncatedFrames(@ForAll("frames") EthernetFrame frame, @ForAll int cut) {
    Target target = new Target();
    Bytes bytes = frame.toBytes();
    target.receives(bytes.slice(0, Math.floorMod(cut, bytes.length() + 1)));
    target.settles();
  }

  @Property(tries = 10_000)
  void takesBitFlippedFrames(
      @ForAll("frames") EthernetFrame frame, @ForAll @Size(min = 1, max = 5) List<Integer> flips) {
    Target target = new Target();
    byte[] bytes = frame.toBytes().toArray();
    for (int flip : flips) {
      int bit = Math.floorMod(flip, bytes.length * 8);
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
    target.receives(Bytes.of(bytes));
    target.settles();
  }

  /** Damage behind the header, so that checksums do not hide it from the deeper layers. */
  @Property(tries = 5000)
  void takesDamagedPayloadsWithRightChecksums(
      @ForAll("payloads") Damage damage, @ForAll @Size(min = 1, max = 4) List<Integer> flips) {
    Target target = new Target();
    ByteBuffer buffer = ByteBuffer.allocate(damage.payload.length());
    damage.payload.write(buffer, 0, damage.from, damage.to);
    byte[] bytes = buffer.array();
    for (int flip : flips) {
      int bit = Math.floorMod(flip, bytes.length * 8);
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
    if (damage.payload instanceof IcmpMessage && bytes.length >= 8) {
      // Build it again from the damaged bytes: the checksum is right then.
      IcmpMessage again =
          new IcmpMessage(
              damage.payload.protocol(),
              bytes[0] & 0xff,
              bytes[1] & 0xff,
              ByteBuffer.wrap(bytes).getInt(4),
              Bytes.of(bytes).slice(8, bytes.length));
      target.receives(frame(damage.from, damage.to, 255, again).toBytes());
    } else {
      target.receives(
          frame(damage.from, damage.to, 64, new Unparsed(17, Bytes.of(bytes), "")).toBytes());
    }
    target.settles();
  }

  /** Valid payloads between two hosts. */
  record Damage(IpAddress from, IpAddress to, IpPayload payload) {}

  private static EthernetFrame frame(IpAddress from, IpAddress to, int ttl, IpPayload payload) {
    return new EthernetFrame(
        US_MAC,
        PEER_MAC,
        from.isV4()
            ? new Ipv4Packet(0, 1, 0, ttl, from, to, Bytes.EMPTY, payload)
            : new Ipv6Packet(0, 0, ttl, from, to, payload));
  }

  @Provide
  Arbitrary<Damage> payloads() {
    return Combinators.combine(Arbitraries.integers().between(0, 9), data())
        .as(
            (kind, data) ->
                switch (kind) {
                  case 0 -> new Damage(PEER, US, IcmpMessage.echoV4(1, 2, data));
                  case 1 -> new Damage(PEER_6, US_6, IcmpMessage.echoV6(1, 2, data));
                  case 2 -> new Damage(PEER, US, new UdpDatagram(9, PORT, data));
                  case 3 -> new Damage(PEER_6, US_6, new UdpDatagram(9, PORT + 1, data));
                  case 4 -> new Damage(PEER, US, error(IpProtocol.ICMPV4, 3, US, PEER, data));
                  case 5 ->
                      new Damage(PEER_6, US_6, error(IpProtocol.ICMPV6, 1, US_6, PEER_6, data));
                  case 6 ->
                      new Damage(PEER_6, US_6, IcmpMessage.neighbourSolicitation(US_6, PEER_MAC));
                  case 7 ->
                      new Damage(
                          PEER_6, US_6, IcmpMessage.neighbourAdvertisement(PEER_6, PEER_MAC));
                  case 8 -> new Damage(PEER, US, error(IpProtocol.ICMPV4, 11, US, PEER, data));
                  default ->
                      new Damage(PEER_6, US_6, error(IpProtocol.ICMPV6, 2, US_6, PEER_6, data));
                });
  }

  private static IcmpMessage error(
      int protocol, int type, IpAddress from, IpAddress to, Bytes data) {
    IpPacket about = IpPacket.of(from, to, new UdpDatagram(PORT, 9, data));
    ByteBuffer quote = ByteBuffer.allocate(about.length());
    about.write(quote, 0);
    return new IcmpMessage(protocol, type, 3, 0, Bytes.of(quote.array()));
  }

  @Provide
  Arbitrary<EthernetFrame> frames() {
    Arbitrary<EthernetFrame> ip =
        payloads().map(damage -> frame(damage.from, damage.to, 255, damage.payload));
    Arbitrary<EthernetFrame> arp =
        Combinators.combine(
                Arbitraries.integers().between(1, 2),
                Arbitraries.longs().between(0, 0xffff_ffff_ffffL),
                Arbitraries.integers().between(0x0a00_0000, 0x0a00_01ff),
                Arbitraries.of(US, PEER))
            .as(
                (operation, mac, sender, target) ->
                    new EthernetFrame(
                        Mac.BROADCAST,
                        PEER_MAC,
                        new ArpPacket(operation, mac, IpAddress.ofV4(sender), 0, target)));
    return Arbitraries.oneOf(ip, arp);
  }

  private static Arbitrary<Bytes> data() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(64).map(Bytes::of);
  }

  // ---- echo ----

  @Property(tries = 2000)
  void echoRepliesAreByteIdentical(
      @ForAll @Size(max = 1472) byte[] data, @ForAll int rest, @ForAll boolean v6) {
    TestHost host = TestHost.acquainted();
    Bytes bytes = Bytes.of(data).slice(0, Math.min(data.length, v6 ? 1452 : 1472));
    IcmpMessage echo =
        v6
            ? new IcmpMessage(IpProtocol.ICMPV6, 128, 0, rest, bytes)
            : new IcmpMessage(IpProtocol.ICMPV4, 8, 0, rest, bytes);
    host.receives(v6 ? PEER_6 : PEER, v6 ? US_6 : US, echo);
    IpPacket reply = (IpPacket) host.wire.sent.removeFirst().payload();
    assertThat(reply.payload()).isEqualTo(echo.echoReply());
    host.hasAllPacketsBack();
  }

  // ---- bounds ----

  @Property(tries = 30)
  void neighboursStayBounded(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3000) int frames) {
    Target target = new Target();
    target.host.iface.removeAddress(US);
    target.host.iface.addAddress(US, 8);
    Random random = new Random(seed);
    for (int i = 0; i < frames; i++) {
      IpAddress stranger = IpAddress.ofV4(0x0a00_0000 | random.nextInt(0x00ff_ffff));
      IpAddress stranger6 = new IpAddress(US_6.high(), random.nextLong());
      switch (random.nextInt(4)) {
        case 0 ->
            target.receives(
                new EthernetFrame(
                        Mac.BROADCAST, PEER_MAC, ArpPacket.request(PEER_MAC + i, stranger, US))
                    .toBytes());
        case 1 -> // the port is not open: the answer asks for the stranger
            target.receives(frame(stranger, US, 64, new UdpDatagram(1, 2, Bytes.EMPTY)).toBytes());
        case 2 ->
            target.receives(
                frame(stranger6, US_6, 64, IcmpMessage.echoV6(1, 2, Bytes.EMPTY)).toBytes());
        default -> target.host.after(random.nextDouble());
      }
      NeighbourCache neighbours = target.host.iface.neighbours();
      assertThat(neighbours.size()).isLessThanOrEqualTo(NeighbourCache.DEFAULT_CAPACITY);
      assertThat(neighbours.waiting()).isLessThanOrEqualTo(NeighbourCache.MAX_WAITING_TOTAL);
      assertThat(target.host.pool.outstanding())
          .isLessThanOrEqualTo(NeighbourCache.MAX_WAITING_TOTAL);
    }
    target.settles();
  }

  @Property(tries = 200)
  void anEmptyPoolOnlyDrops(@ForAll @Size(max = 20) List<@From("frames") EthernetFrame> frames) {
    TestHost host = new TestHost(5, 1, 2048);
    host.iface.addAddress(US, 24);
    host.iface.addAddress(US_6, 64);
    for (EthernetFrame frame : frames) {
      Packet only = host.pool.acquire();
      if (only != null) {
        only.end = frame.toBytes().write(only.buffer, only.start);
        host.ip.receive(host.iface, only);
      } else {
        host.after(3); // what waits for a neighbour is the only packet
      }
    }
    host.after(10);
    host.hasAllPacketsBack();
  }
}

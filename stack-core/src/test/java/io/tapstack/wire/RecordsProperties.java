package io.tapstack.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * What is built parses to itself, anywhere in a buffer, and nothing that comes in makes it throw.
 */
class RecordsProperties {

  @Property(edgeCases = EdgeCasesMode.NONE)
  void framesRoundTrip(@ForAll("frames") EthernetFrame frame, @ForAll @IntRange(max = 9) int at) {
    ByteBuffer wire = ByteBuffer.allocateDirect(frame.length() + at);
    frame.write(wire, at);

    assertThat(EthernetFrame.parse(wire, at, frame.length())).isEqualTo(frame);
    assertThat(EthernetFrame.parse(frame.toBytes())).isEqualTo(frame);
    assertThat(frame.toString()).doesNotContain("\n");
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void checksumsAreTheTextbooks(@ForAll("frames") EthernetFrame frame) {
    if (frame.payload() instanceof IpPacket packet) {
      IpPayload payload = packet.payload();
      ByteBuffer wire = ByteBuffer.allocate(payload.length() + 40);
      payload.write(wire, 40, packet.source(), packet.destination());
      int start = 40;
      if (payload.protocol() != IpProtocol.ICMPV4) {
        // The pseudo-header of RFC 8200 section 8.1 sums up like that of IPv4 with its zeros.
        byte[] source = packet.source().toBytes();
        byte[] destination = packet.destination().toBytes();
        wire.put(0, source).put(16, destination);
        wire.putInt(32, payload.length()).putInt(36, payload.protocol());
        start = 0;
      }
      assertThat(InternetChecksum.textbook(wire, start, wire.capacity() - start)).isEqualTo(0xffff);
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void noBytesMakeItThrow(@ForAll @Size(min = 14, max = 120) byte[] bytes) {
    assertThat(EthernetFrame.parse(Bytes.of(bytes)).toString()).isNotEmpty();
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void noFlippedBitMakesItThrow(
      @ForAll("frames") EthernetFrame frame, @ForAll @IntRange(max = 1 << 20) int flip) {
    byte[] bytes = frame.toBytes().toArray();
    int bit = flip % (bytes.length * 8);
    bytes[bit / 8] ^= (byte) (1 << bit % 8);
    EthernetFrame parsed = EthernetFrame.parse(Bytes.of(bytes));
    assertThat(parsed).isNotEqualTo(frame);
    assertThat(parsed.toString()).isNotEmpty();
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void noCutMakesItThrow(
      @ForAll("frames") EthernetFrame frame, @ForAll @IntRange(max = 1 << 20) int cut) {
    int length = 14 + cut % (frame.length() - 13);
    assertThat(EthernetFrame.parse(frame.toBytes().slice(0, length)).toString()).isNotEmpty();
  }

  @Provide
  Arbitrary<EthernetFrame> frames() {
    Arbitrary<Long> macs = Arbitraries.longs().between(0, Mac.BROADCAST);
    return Combinators.combine(macs, macs, payloads()).as(EthernetFrame::new);
  }

  private static Arbitrary<FramePayload> payloads() {
    Arbitrary<IpAddress> v4 = Arbitraries.integers().map(IpAddress::ofV4);
    Arbitrary<IpAddress> v6 =
        Combinators.combine(Arbitraries.longs().between(1, Long.MAX_VALUE), Arbitraries.longs())
            .as(IpAddress::new);
    Arbitrary<Integer> octet = Arbitraries.integers().between(0, 255);
    Arbitrary<Integer> word = Arbitraries.integers().between(0, 0xffff);
    Arbitrary<FramePayload> arp =
        Combinators.combine(
                word,
                Arbitraries.longs().between(0, Mac.BROADCAST),
                v4,
                Arbitraries.longs().between(0, Mac.BROADCAST),
                v4)
            .as(ArpPacket::new);
    Arbitrary<Bytes> options =
        Arbitraries.integers().between(0, 10).map(words -> Bytes.pattern(words, words * 4));
    Arbitrary<FramePayload> four =
        Combinators.combine(
                octet,
                word,
                Arbitraries.of(0, Ipv4Header.DONT_FRAGMENT, 0x8000),
                octet,
                v4,
                v4,
                options,
                ipPayloads(IpProtocol.ICMPV4))
            .as(Ipv4Packet::new);
    Arbitrary<FramePayload> six =
        Combinators.combine(
                octet,
                Arbitraries.integers().between(0, 0xfffff),
                octet,
                v6,
                v6,
                ipPayloads(IpProtocol.ICMPV6))
            .as(Ipv6Packet::new);
    return Arbitraries.oneOf(arp, four, six);
  }

  private static Arbitrary<IpPayload> ipPayloads(int icmp) {
    Arbitrary<Integer> port = Arbitraries.integers().between(0, 0xffff);
    Arbitrary<Integer> octet = Arbitraries.integers().between(0, 255);
    Arbitrary<Bytes> data = Arbitraries.bytes().array(byte[].class).ofMaxSize(70).map(Bytes::of);
    Arbitrary<IpPayload> udp = Combinators.combine(port, port, data).as(UdpDatagram::new);
    Arbitrary<IpPayload> messages =
        Combinators.combine(octet, octet, Arbitraries.integers(), data)
            .as((type, code, rest, body) -> new IcmpMessage(icmp, type, code, rest, body));
    Arbitrary<IpPayload> tcp =
        Combinators.combine(
                port,
                port,
                Arbitraries.integers(),
                Arbitraries.integers(),
                octet,
                port,
                Combinators.combine(port, optionSets()).as(Urgent::new),
                data)
            .as(
                (source, destination, seq, ack, flags, window, urgent, body) ->
                    new TcpSegment(
                        source,
                        destination,
                        seq,
                        ack,
                        flags,
                        window,
                        urgent.pointer,
                        urgent.options,
                        body));
    return Arbitraries.oneOf(udp, messages, tcp);
  }

  private record Urgent(int pointer, TcpOptionSet options) {}

  private static Arbitrary<TcpOptionSet> optionSets() {
    Arbitrary<TcpOptionSet.@Nullable Timestamps> timestamps =
        Combinators.combine(Arbitraries.integers(), Arbitraries.integers())
            .as(TcpOptionSet.Timestamps::new)
            .injectNull(0.5);
    Arbitrary<List<TcpOptionSet.SackBlock>> sacks =
        Combinators.combine(Arbitraries.integers(), Arbitraries.integers())
            .as(TcpOptionSet.SackBlock::new)
            .list()
            .ofMaxSize(4);
    return Combinators.combine(
            Arbitraries.integers().between(-1, 0xffff),
            Arbitraries.integers().between(-1, 14),
            Arbitraries.of(true, false),
            timestamps,
            sacks)
        .as(
            (mss, shift, sack, stamps, blocks) ->
                new TcpOptionSet(mss, shift, sack, stamps, blocks, Bytes.EMPTY))
        .filter(set -> set.length() <= 40);
  }
}

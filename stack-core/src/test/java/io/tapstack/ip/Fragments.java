package io.tapstack.ip;

import static io.tapstack.ip.TestHost.PEER;
import static io.tapstack.ip.TestHost.PEER_6;
import static io.tapstack.ip.TestHost.US;
import static io.tapstack.ip.TestHost.US_6;

import io.tapstack.link.Packet;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.IpPayload;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Ipv4Packet;
import io.tapstack.wire.Ipv6FragmentHeader;
import io.tapstack.wire.Ipv6Packet;
import io.tapstack.wire.Unparsed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Fragments of one version, from the peer to us and back; the tests are the same for both. */
enum Fragments {
  V4(PEER, US, 1),
  V6(PEER_6, US_6, 58);

  final IpAddress peer;
  final IpAddress us;
  final int icmp;

  Fragments(IpAddress peer, IpAddress us, int icmp) {
    this.peer = peer;
    this.us = us;
    this.icmp = icmp;
  }

  /** The bytes of a transport's message from the peer, checksum included. */
  Bytes message(IpPayload payload) {
    ByteBuffer buffer = ByteBuffer.allocate(payload.length());
    payload.write(buffer, 0, peer, us);
    return Bytes.of(buffer.array());
  }

  /** A fragment from the peer. */
  IpPacket fragment(int protocol, int id, int offset, boolean more, Bytes data) {
    return fragment(peer, 0, protocol, id, offset, more, data);
  }

  IpPacket fragment(
      IpAddress from, int tos, int protocol, int id, int offset, boolean more, Bytes data) {
    if (this == V4) {
      int word = offset / 8 | (more ? Ipv4Header.MORE_FRAGMENTS : 0);
      return new Ipv4Packet(
          tos, id & 0xffff, word, 64, from, us, Bytes.EMPTY, new Unparsed(protocol, data, ""));
    }
    Bytes rest = header(protocol, id, offset, more).plus(data);
    return new Ipv6Packet(tos, 0, 64, from, us, new Unparsed(44, rest, ""));
  }

  static Bytes header(int protocol, int id, int offset, boolean more) {
    ByteBuffer header = ByteBuffer.allocate(Ipv6FragmentHeader.LENGTH);
    Ipv6FragmentHeader.write(header, 0, protocol, offset, more, id);
    return Bytes.of(header.array());
  }

  /** All fragments of a message, in order, each with so many bytes but the last. */
  List<IpPacket> cut(int protocol, int id, Bytes message, int size) {
    List<IpPacket> fragments = new ArrayList<>();
    for (int at = 0; at < message.length(); at += size) {
      int end = Math.min(message.length(), at + size);
      boolean more = end < message.length();
      fragments.add(fragment(protocol, id, at, more, message.slice(at, end)));
    }
    return fragments;
  }

  /** What a fragment of ours says, as a naive reader sees it. */
  record Seen(int protocol, int id, int offset, boolean more, Bytes data) {}

  Seen read(EthernetFrame frame) {
    if (frame.payload() instanceof Ipv4Packet p) {
      int word = p.fragmentWord();
      Bytes data = ((Unparsed) p.payload()).bytes();
      int protocol = p.payload().protocol();
      boolean more = (word & Ipv4Header.MORE_FRAGMENTS) != 0;
      return new Seen(protocol, p.identification(), (word & 0x1fff) * 8, more, data);
    }
    Bytes rest = ((Unparsed) ((Ipv6Packet) frame.payload()).payload()).bytes();
    ByteBuffer buffer = ByteBuffer.wrap(rest.toArray());
    return new Seen(
        Ipv6FragmentHeader.nextHeader(buffer, 0),
        Ipv6FragmentHeader.identification(buffer, 0),
        Ipv6FragmentHeader.fragmentOffset(buffer, 0),
        Ipv6FragmentHeader.hasMore(buffer, 0),
        rest.slice(8, rest.length()));
  }

  /** Joins fragments of ours, and checks that they make one datagram. */
  Bytes join(List<Seen> fragments) {
    TreeMap<Integer, Seen> sorted = new TreeMap<>();
    for (Seen seen : fragments) {
      if (sorted.put(seen.offset(), seen) != null) {
        throw new AssertionError("two fragments at " + seen.offset());
      }
    }
    Bytes whole = Bytes.EMPTY;
    for (Seen seen : sorted.values()) {
      boolean last = seen == sorted.lastEntry().getValue();
      if (seen.offset() != whole.length()
          || seen.more() == last
          || !last && seen.data().length() % 8 != 0
          || seen.id() != fragments.get(0).id()
          || seen.protocol() != fragments.get(0).protocol()) {
        throw new AssertionError(seen + " does not fit behind " + whole.length() + " bytes");
      }
      whole = whole.plus(seen.data());
    }
    return whole;
  }

  /** A transport that keeps what comes, as bytes. */
  static final class Collector implements IpTransport {
    final List<Bytes> received = new ArrayList<>();
    final List<Integer> trafficClasses = new ArrayList<>();
    final List<String> heard = new ArrayList<>();

    @Override
    public void receive(IpInterface iface, Packet packet) {
      received.add(Bytes.copyOf(packet.buffer, packet.start, packet.length()));
      trafficClasses.add(packet.trafficClass);
      packet.release();
    }

    @Override
    public void unreachable(
        Unreachable what,
        long localHigh,
        long localLow,
        long remoteHigh,
        long remoteLow,
        ByteBuffer quoted,
        int offset,
        int length) {
      heard.add(what + " " + Bytes.copyOf(quoted, offset, 8));
    }
  }
}

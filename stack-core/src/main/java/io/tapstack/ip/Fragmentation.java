package io.tapstack.ip;

import io.tapstack.base.Result;
import io.tapstack.base.SipHash;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPools;
import io.tapstack.link.PartialChecksum;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Ipv6FragmentHeader;
import io.tapstack.wire.Ipv6Header;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * Cuts packets that are larger than the MTU into fragments: RFC 791 section 3.2, RFC 8200 section
 * 4.5. All of them go out from one scratch packet that holds a fragment's headers and gathers its
 * run of the original; no data is copied.
 *
 * <p>Identifications follow RFC 7739 section 5.3 for both versions: a secret function of the two
 * addresses says where they start, and a counter that few destinations share goes on from there. So
 * none repeats soon (RFC 6864 section 4.3), and knowing those to one host says nothing about those
 * to another.
 *
 * <p>Thread: the owner of the stack.
 */
final class Fragmentation {
  private static final int COUNTERS = 256;

  /** Offsets count units of 8 bytes. */
  private static final int UNIT = 8;

  private final PacketPools pools;
  private final SipHash start;
  private final SipHash choice;
  private final int[] counters = new int[COUNTERS];

  Fragmentation(PacketPools pools, RandomGenerator random) {
    this.pools = pools;
    start = SipHash.withRandomKey(random);
    choice = SipHash.withRandomKey(random);
    for (int i = 0; i < COUNTERS; i++) {
      counters[i] = random.nextInt();
    }
  }

  /**
   * Sends a packet in fragments. Its checksum is completed first, since it is over all of them.
   *
   * @param mtu how large a fragment may be
   * @param packet {@code start} is at the network header, which has neither options nor extension
   *     headers; it stays the caller's
   * @return OK if all fragments are on their way; otherwise the rest was not sent: TOO_LARGE if the
   *     MTU leaves no room at all, or as {@link IpInterface#output}
   */
  Result send(IpInterface iface, int mtu, Packet packet, long nextHigh, long nextLow) {
    PartialChecksum.complete(packet);
    if (packet.tail == null) {
      return cut(iface, mtu, packet, nextHigh, nextLow);
    }
    // Data in several places: a fragment may have parts of each, more than a packet can gather.
    int length = packet.totalLength();
    Packet copy = pools.acquire(length);
    if (copy == null) {
      iface.counters().drop(IpDrop.NO_BUFFER);
      return Result.LIMIT;
    }
    packet.copyTo(copy.buffer, copy.start);
    copy.end = copy.start + length;
    Result result = cut(iface, mtu, copy, nextHigh, nextLow);
    copy.release();
    return result;
  }

  private Result cut(IpInterface iface, int mtu, Packet packet, long nextHigh, long nextLow) {
    ByteBuffer buffer = packet.buffer;
    boolean v4 = buffer.get(packet.start) >> 4 == 4;
    int header = v4 ? Ipv4Header.MIN_LENGTH : Ipv6Header.LENGTH;
    int headers = v4 ? header : header + Ipv6FragmentHeader.LENGTH;
    int most = mtu - headers & -UNIT;
    if (most < UNIT) {
      iface.counters().drop(IpDrop.TOO_LARGE);
      return Result.TOO_LARGE;
    }
    Packet fragment = pools.ordinary().acquire();
    if (fragment == null) {
      iface.counters().drop(IpDrop.NO_BUFFER);
      return Result.LIMIT;
    }
    int identification = v4 ? identificationV4(packet) : identificationV6(packet);
    int total = packet.length() - header;
    Result result = Result.OK;
    for (int offset = 0; offset < total && result == Result.OK; offset += most) {
      int length = Math.min(most, total - offset);
      boolean more = offset + length < total;
      fragment.clear();
      int at = fragment.start;
      fragment.buffer.put(at, buffer, packet.start, header);
      if (v4) {
        Ipv4Header.makeFragment(fragment.buffer, at, header + length, identification, offset, more);
      } else {
        int protocol = Ipv6Header.nextHeader(buffer, packet.start);
        int payload = Ipv6FragmentHeader.LENGTH + length;
        Ipv6Header.setNext(fragment.buffer, at, IpProtocol.FRAGMENT, payload);
        Ipv6FragmentHeader.write(
            fragment.buffer, at + header, protocol, offset, more, identification);
      }
      fragment.end = at + headers;
      // Named by its place in the slab, which a device has resolved once and for all.
      int run = packet.slabOffset + packet.start + header + offset;
      fragment.gather(packet.slab(), run, length, 0, 0);
      result = iface.output(fragment, nextHigh, nextLow);
      if (result == Result.OK) {
        iface.counters().fragmentsOut++;
      }
    }
    fragment.release();
    return result;
  }

  private int identificationV4(Packet packet) {
    int source = Ipv4Header.source(packet.buffer, packet.start);
    int destination = Ipv4Header.destination(packet.buffer, packet.start);
    return identification(0, source, 0, destination) & 0xffff;
  }

  private int identificationV6(Packet packet) {
    ByteBuffer buffer = packet.buffer;
    int at = packet.start;
    return identification(
        Ipv6Header.sourceHigh(buffer, at),
        Ipv6Header.sourceLow(buffer, at),
        Ipv6Header.destinationHigh(buffer, at),
        Ipv6Header.destinationLow(buffer, at));
  }

  private int identification(
      long sourceHigh, long sourceLow, long destinationHigh, long destinationLow) {
    int counter =
        (int) choice.hash(sourceHigh, sourceLow, destinationHigh, destinationLow, 0) & COUNTERS - 1;
    long from = start.hash(sourceHigh, sourceLow, destinationHigh, destinationLow, 0);
    return (int) from + counters[counter]++;
  }
}

package io.tapstack.ip;

import io.tapstack.base.Result;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPools;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Sends echo requests of both versions and tells a listener what came of them: the {@code ping}
 * command. One listener per stack; it tells its requests apart by their identifiers.
 *
 * <p>Thread: the owner of the stack.
 */
public final class EchoClient implements IpTransport {
  private final Ip ip;
  private final PacketPools pools;
  private @Nullable EchoListener listener;

  EchoClient(Ip ip, PacketPools pools) {
    this.ip = ip;
    this.pools = pools;
  }

  /** Sets who hears of answers, or nobody. */
  public void listener(@Nullable EchoListener listener) {
    this.listener = listener;
  }

  /**
   * Sends an echo request.
   *
   * @param identifier 0 to 65535
   * @param sequence 0 to 65535
   * @param payloadBytes how many bytes follow the ICMP header
   * @return as {@link Ip#send}; LIMIT also if no packet is left in the pool
   */
  public Result send(IpAddress destination, int identifier, int sequence, int payloadBytes) {
    IpAddress source = ip.selectSource(destination);
    if (source == null) {
      return Result.NO_ROUTE;
    }
    if (payloadBytes < 0) {
      return Result.INVALID;
    }
    if (payloadBytes > 0xffff - IcmpHeader.LENGTH) {
      return Result.TOO_LARGE;
    }
    Packet packet = pools.acquire(IcmpHeader.LENGTH + payloadBytes);
    if (packet == null) {
      return Result.LIMIT;
    }
    boolean v4 = destination.isV4();
    ByteBuffer buffer = packet.buffer;
    int at = packet.start;
    int rest = identifier << 16 | sequence & 0xffff;
    IcmpHeader.write(buffer, at, v4 ? IcmpHeader.V4_ECHO : IcmpHeader.V6_ECHO, 0, rest);
    packet.end = at + IcmpHeader.LENGTH + payloadBytes;
    for (int i = 0; i < payloadBytes; i++) {
      buffer.put(at + IcmpHeader.LENGTH + i, (byte) i);
    }
    int protocol = v4 ? IpProtocol.ICMPV4 : IpProtocol.ICMPV6;
    long pseudo =
        v4
            ? 0
            : InternetChecksum.pseudoHeader(
                source.high(),
                source.low(),
                destination.high(),
                destination.low(),
                protocol,
                packet.length());
    IcmpHeader.setChecksum(
        buffer,
        at,
        InternetChecksum.finish(InternetChecksum.add(pseudo, buffer, at, packet.length())));
    Result result =
        ip.send(
            packet,
            source.high(),
            source.low(),
            destination.high(),
            destination.low(),
            protocol,
            0,
            Ip.DEFAULT_TTL);
    packet.release();
    return result;
  }

  /** Takes over an echo reply whose checksum is right; ICMP hands it in. */
  @Override
  public void receive(IpInterface iface, Packet packet) {
    EchoListener current = listener;
    if (current != null) {
      int payload = packet.start + IcmpHeader.LENGTH;
      int length = packet.end - payload;
      boolean intact = true;
      for (int i = 0; i < length; i++) {
        intact &= packet.buffer.get(payload + i) == (byte) i;
      }
      int rest = IcmpHeader.rest(packet.buffer, packet.start);
      IpAddress from = new IpAddress(packet.sourceHigh, packet.sourceLow);
      current.replied(from, rest >>> 16, rest & 0xffff, length, packet.ttl, intact);
    }
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
    EchoListener current = listener;
    int type = IcmpHeader.type(quoted, offset);
    boolean request =
        IpAddress.isV4(remoteHigh, remoteLow)
            ? type == IcmpHeader.V4_ECHO
            : type == IcmpHeader.V6_ECHO;
    if (current != null && request) {
      int rest = IcmpHeader.rest(quoted, offset);
      current.failed(new IpAddress(remoteHigh, remoteLow), rest >>> 16, rest & 0xffff, what);
    }
  }
}

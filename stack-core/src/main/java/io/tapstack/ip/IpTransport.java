package io.tapstack.ip;

import io.tapstack.link.Packet;
import java.nio.ByteBuffer;

/**
 * A protocol above IP, as IP sees it. Registered by {@link Ip#register}.
 *
 * <p>Thread: the owner of the stack.
 */
public interface IpTransport {
  /**
   * Takes a packet for one of this host's addresses or groups. The transport owns it from here on
   * and releases it.
   *
   * @param iface where it came in
   * @param packet {@code start} is at the transport header, {@code end} where the IP datagram ends;
   *     source, destination, protocol, {@code ttl}, {@code trafficClass} and {@code networkOffset}
   *     are set. {@code linkGroup} is set if the frame or the IP destination is a group or
   *     broadcast. The source is a valid unicast address, or 0.0.0.0 in a broadcast, or :: to a
   *     group.
   */
  void receive(IpInterface iface, Packet packet);

  /**
   * Hears that a packet it sent did not arrive. Only quotes whose source is one of this host's own
   * addresses get here; whether the quoted ports and sequence numbers make sense is the transport's
   * to check. Nothing may be kept of the buffer.
   *
   * @param quoted holds the beginning of the packet that was sent
   * @param offset where its transport header starts
   * @param length how much of it is there, at least 8 bytes
   */
  void unreachable(
      Unreachable what,
      long localHigh,
      long localLow,
      long remoteHigh,
      long remoteLow,
      ByteBuffer quoted,
      int offset,
      int length);

  /**
   * Hears that a packet it sent was larger than a link on the way carries. As {@link #unreachable}
   * otherwise: whoever believes it says so to the cache of paths.
   *
   * @param mtu what the link carries, at least what IP promises (1280 for IPv6, {@link
   *     Ip#minPathMtuV4} for IPv4)
   * @param size how large the packet was, as its own header said
   */
  default void packetTooBig(
      int mtu,
      int size,
      long localHigh,
      long localLow,
      long remoteHigh,
      long remoteLow,
      ByteBuffer quoted,
      int offset,
      int length) {
    unreachable(
        Unreachable.TOO_BIG, localHigh, localLow, remoteHigh, remoteLow, quoted, offset, length);
  }
}

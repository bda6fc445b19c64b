package io.tapstack.udp;

import io.tapstack.base.Result;
import io.tapstack.ip.Ip;
import io.tapstack.link.Packet;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A bound UDP port, with the datagrams that wait for the application. Made by {@link Udp#bind}.
 *
 * <p>Thread: the owner of the stack.
 */
public final class UdpSocket {
  /** How many datagrams wait at most, unless told otherwise. */
  public static final int DEFAULT_MAX_DATAGRAMS = 256;

  /** How many bytes of payload wait at most, unless told otherwise. */
  public static final int DEFAULT_MAX_BYTES = 256 * 1024;

  private final Udp udp;
  private final IpAddress localAddress;
  private final int localPort;
  private final Runnable readable;
  private int maxDatagrams = DEFAULT_MAX_DATAGRAMS;
  private int maxBytes = DEFAULT_MAX_BYTES;
  private int ttl = Ip.DEFAULT_TTL;
  private int multicastTtl = 1; // RFC 1112 section 6.1
  private int trafficClass;
  private @Nullable Packet first;
  private @Nullable Packet last;
  private int pending;
  private int pendingBytes;
  private long dropped;
  private Result error = Result.OK;
  private boolean closed;

  /** The next socket of the same hash bucket. */
  @Nullable UdpSocket following;

  UdpSocket(Udp udp, IpAddress localAddress, int localPort, Runnable readable) {
    this.udp = udp;
    this.localAddress = localAddress;
    this.localPort = localPort;
    this.readable = readable;
  }

  /** The address it was bound to, possibly "any". */
  public IpAddress localAddress() {
    return localAddress;
  }

  /** Its port. */
  public int localPort() {
    return localPort;
  }

  /**
   * Sends a datagram. Group and broadcast destinations are allowed.
   *
   * @param payload is copied
   * @param destination an address of the socket's family; any family if bound to {@link
   *     IpAddress#ANY_V6}
   * @param port 1 to 65535
   * @return OK if it is on its way; INVALID; NO_ROUTE; TOO_LARGE for more than a datagram holds:
   *     65,507 bytes over IPv4, 65,527 over IPv6; LIMIT if no buffer was left or a queue was full;
   *     CLOSED
   */
  public Result send(ByteBuffer payload, int offset, int length, IpAddress destination, int port) {
    return closed ? Result.CLOSED : udp.send(this, payload, offset, length, destination, port);
  }

  /**
   * The next datagram, or null. Its {@code [start, end)} is the payload; source, {@code
   * sourcePort}, destination, {@code ttl} and {@code trafficClass} are set. The caller releases it.
   */
  public @Nullable Packet poll() {
    Packet packet = first;
    if (packet == null) {
      return null;
    }
    first = packet.next;
    if (first == null) {
      last = null;
    }
    packet.next = null;
    pending--;
    pendingBytes -= packet.length();
    udp.taken(packet);
    return packet;
  }

  /** How many datagrams wait. */
  public int pending() {
    return pending;
  }

  /** How many datagrams were dropped because too many waited. */
  public long dropped() {
    return dropped;
  }

  /**
   * What an ICMP error said last about a datagram of this socket, and forgets it: REFUSED,
   * UNREACHABLE, TOO_LARGE, or OK if there is nothing to say.
   */
  public Result error() {
    Result said = error;
    error = Result.OK;
    return said;
  }

  /** Sets how much may wait: datagrams and bytes of payload, each at least 1. */
  public void receiveLimit(int datagrams, int bytes) {
    maxDatagrams = Math.max(1, datagrams);
    maxBytes = Math.max(1, bytes);
  }

  /** Sets the TTL and hop limit of unicast datagrams, 1 to 255. */
  public void ttl(int value) {
    ttl = value;
  }

  /** The TTL and hop limit of unicast datagrams. */
  public int ttl() {
    return ttl;
  }

  /** Sets the TTL and hop limit of multicast datagrams, 1 to 255. */
  public void multicastTtl(int value) {
    multicastTtl = value;
  }

  /** The TTL and hop limit of multicast datagrams; 1 keeps them on the link. */
  public int multicastTtl() {
    return multicastTtl;
  }

  /** Sets the type of service or traffic class, 0 to 255. */
  public void trafficClass(int value) {
    trafficClass = value;
  }

  /** The type of service or traffic class. */
  public int trafficClass() {
    return trafficClass;
  }

  /** Frees the port and releases what waits. Safe to call twice. */
  public void close() {
    if (!closed) {
      closed = true;
      udp.unbind(this);
      for (Packet packet = poll(); packet != null; packet = poll()) {
        packet.release();
      }
    }
  }

  /** Takes a datagram over, unless the queue is full. An empty queue takes any one. */
  boolean offer(Packet packet) {
    if (pending >= maxDatagrams || pending > 0 && pendingBytes + packet.length() > maxBytes) {
      return false;
    }
    packet.next = null;
    if (last == null) {
      first = packet;
    } else {
      last.next = packet;
    }
    last = packet;
    pending++;
    pendingBytes += packet.length();
    return true;
  }

  void countDrop() {
    dropped++;
  }

  void failed(Result what) {
    error = what;
    readable.run();
  }

  void wake() {
    readable.run();
  }
}

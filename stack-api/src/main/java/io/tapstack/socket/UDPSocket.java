package io.tapstack.socket;

import io.tapstack.base.Result;
import io.tapstack.link.Packet;
import io.tapstack.runtime.Signal;
import io.tapstack.runtime.StackDriver;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams over UDP.
 *
 * <pre>{@code
 * UDPSocket socket = new UDPSocket();
 * socket.open(net);
 * socket.sendto(new SocketAddress("10.77.0.1", 7), "hello".getBytes(UTF_8));
 * SocketAddress from = new SocketAddress();
 * int n = socket.recvfrom(from, buffer);
 * socket.close();
 * }</pre>
 *
 * <p>A socket that is not bound gets an ephemeral port when it first sends. As in Mbed, errors that
 * the network reports by ICMP are not told.
 */
public final class UDPSocket extends InternetSocket {
  /** How long to wait for the device's queue, which tells nobody when it has room again. */
  private static final long QUEUE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Creates a socket that is not open. */
  public UDPSocket() {}

  @Override
  Session newSession(NetworkInterface network) {
    return new UdpSession(network, this);
  }

  private @Nullable UdpSession session() {
    return (UdpSession) begin();
  }

  /**
   * Sets the peer that {@link #send} sends to and {@link #recv} takes datagrams of, or none if the
   * address is empty. Sends nothing.
   *
   * @return OK, even if the socket is not open
   */
  @Override
  public int connect(SocketAddress address) {
    peer(address.isEmpty() ? null : address);
    return NsapiError.OK;
  }

  // ---- sending ----

  /**
   * Sends a datagram to the peer that {@link #connect} has set.
   *
   * @return as {@link #sendto(SocketAddress, byte[], int, int)}; NO_ADDRESS if there is no peer
   */
  @Override
  public int send(byte[] data, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, data.length);
    return send(ByteBuffer.wrap(data, offset, length));
  }

  /** As {@link #send(byte[], int, int)}. */
  @Override
  public int send(ByteBuffer data) {
    SocketAddress to = peer();
    if (to == null) {
      return session() == null ? NsapiError.NO_SOCKET : NsapiError.NO_ADDRESS;
    }
    return sendto(to, data);
  }

  /**
   * Sends a datagram.
   *
   * @return {@code length}; NO_SOCKET; PARAMETER if no datagram can go to the address, or it is
   *     larger than one can be, 65,507 bytes over IPv4; NO_CONNECTION if no route leads there;
   *     WOULD_BLOCK if the device's queue is full
   */
  @Override
  public int sendto(SocketAddress address, byte[] data, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, data.length);
    return sendto(address, ByteBuffer.wrap(data, offset, length));
  }

  /** As {@link #sendto(SocketAddress, byte[], int, int)}, all that remains in the buffer. */
  @Override
  public int sendto(SocketAddress address, ByteBuffer data) {
    UdpSession session = session();
    if (session == null) {
      return NsapiError.NO_SOCKET;
    }
    IpAddress ip = address.ip();
    if (ip == null || ip.isAny() || address.getPort() == 0) {
      return NsapiError.PARAMETER;
    }
    long end = Session.UNSET;
    while (true) {
      int result = trySend(session, data, ip, address.getPort());
      if (result != NsapiError.WOULD_BLOCK) {
        data.position(result < 0 ? data.position() : data.limit());
        return result;
      }
      end = awaitQueue(session, end);
      if (end == Session.UNSET) {
        return NsapiError.WOULD_BLOCK;
      }
    }
  }

  /**
   * Sends to a host given as text, as Mbed OS 5 had it.
   *
   * @param host an address; names cannot be resolved yet
   * @return as {@link #sendto(SocketAddress, byte[], int, int)}; DNS_FAILURE if it is no address
   */
  public int sendto(String host, int port, byte[] data) {
    if (session() == null) {
      return NsapiError.NO_SOCKET;
    }
    if (port < 0 || port > 65535) {
      return NsapiError.PARAMETER;
    }
    SocketAddress address = new SocketAddress(host, port);
    return address.ip() == null ? NsapiError.DNS_FAILURE : sendto(address, data);
  }

  private static int trySend(UdpSession session, ByteBuffer data, IpAddress ip, int port) {
    return session.owned(
        () -> {
          Result result = session.send(data, data.position(), data.remaining(), ip, port);
          return switch (result) {
            case OK -> data.remaining();
            case LIMIT -> NsapiError.WOULD_BLOCK;
            default -> code(result);
          };
        });
  }

  /** Waits a little for the device. Returns the operation's end, or UNSET if that has come. */
  private static long awaitQueue(UdpSession session, long end) {
    int timeout = session.socket.timeout();
    StackDriver driver = session.driver;
    if (timeout == 0 || driver.inCallback()) {
      return Session.UNSET;
    }
    long now = driver.now();
    long until = end;
    if (until == Session.UNSET) {
      until = timeout < 0 ? Long.MAX_VALUE : now + TimeUnit.MILLISECONDS.toNanos(timeout);
    }
    if (now >= until || Thread.currentThread().isInterrupted()) {
      return Session.UNSET;
    }
    Signal closing = session.writable;
    driver.await(closing, closing.version(), Math.min(until, now + QUEUE_NANOS));
    return until;
  }

  // ---- receiving ----

  /**
   * Receives a datagram; of a socket with a peer, one that came from the peer, others are dropped.
   * What does not fit is lost.
   *
   * @return how many bytes were copied; WOULD_BLOCK; NO_SOCKET
   */
  @Override
  public int recv(byte[] data, int offset, int length) {
    return recvfrom(null, data, offset, length);
  }

  /** As {@link #recv(byte[], int, int)}. */
  @Override
  public int recv(ByteBuffer data) {
    return recvfrom(null, data);
  }

  /**
   * Receives a datagram, and tells from whom.
   *
   * @param address filled in if there is one; may be null
   * @return as {@link #recv(byte[], int, int)}
   */
  @Override
  public int recvfrom(@Nullable SocketAddress address, byte[] data, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, data.length);
    return recvfrom(address, ByteBuffer.wrap(data, offset, length));
  }

  /** As {@link #recvfrom(SocketAddress, byte[], int, int)}. */
  @Override
  public int recvfrom(@Nullable SocketAddress address, ByteBuffer data) {
    UdpSession session = session();
    if (session == null) {
      return NsapiError.NO_SOCKET;
    }
    long deadline = Session.UNSET;
    while (true) {
      long seen = session.readable.version();
      int n = session.owned(() -> tryReceive(session, address, data));
      if (n != NsapiError.WOULD_BLOCK) {
        return n;
      }
      deadline = session.await(session.readable, seen, deadline);
      if (deadline == Session.UNSET) {
        return NsapiError.WOULD_BLOCK;
      }
    }
  }

  /** Takes the next datagram that is for us. Called by the owner of the stack. */
  private int tryReceive(UdpSession session, @Nullable SocketAddress address, ByteBuffer data) {
    SocketAddress wanted = peer();
    Packet packet;
    while ((packet = session.poll()) != null) {
      try {
        IpAddress source = new IpAddress(packet.sourceHigh, packet.sourceLow);
        if (wanted == null || wanted.getPort() == packet.sourcePort && source.equals(wanted.ip())) {
          if (address != null) {
            address.setIp(source);
            address.setPort(packet.sourcePort);
          }
          int length = Math.min(packet.length(), data.remaining());
          data.put(data.position(), packet.buffer, packet.start, length);
          data.position(data.position() + length);
          return length;
        }
      } finally {
        packet.release();
      }
    }
    return NsapiError.WOULD_BLOCK;
  }

  // ---- options ----

  @Override
  public int setsockopt(int level, int option, int value) {
    UdpSession session = session();
    if (session == null) {
      return NsapiError.NO_SOCKET;
    }
    if (level != SocketOption.LEVEL || option != SocketOption.IPTOS) {
      return NsapiError.UNSUPPORTED;
    }
    return value < 0 || value > 255 ? NsapiError.PARAMETER : trafficClass(session, value, null);
  }

  @Override
  public int getsockopt(int level, int option, int[] value) {
    UdpSession session = session();
    if (session == null) {
      return NsapiError.NO_SOCKET;
    }
    return level == SocketOption.LEVEL && option == SocketOption.IPTOS
        ? trafficClass(session, null, value)
        : NsapiError.UNSUPPORTED;
  }

  private static int trafficClass(
      UdpSession session, @Nullable Integer to, int @Nullable [] present) {
    return session.owned(
        () -> {
          set(present, session.trafficClass(to));
          return NsapiError.OK;
        });
  }

  // ---- what datagrams have not ----

  /** Answers UNSUPPORTED, or NO_SOCKET. */
  @Override
  public int listen(int backlog) {
    return session() == null ? NsapiError.NO_SOCKET : NsapiError.UNSUPPORTED;
  }

  /** Has no connections: null, and UNSUPPORTED or NO_SOCKET. */
  @Override
  public @Nullable Socket accept(int @Nullable [] error) {
    set(error, session() == null ? NsapiError.NO_SOCKET : NsapiError.UNSUPPORTED);
    return null;
  }
}

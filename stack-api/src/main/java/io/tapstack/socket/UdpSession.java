package io.tapstack.socket;

import io.tapstack.base.Result;
import io.tapstack.link.Packet;
import io.tapstack.udp.Udp;
import io.tapstack.udp.UdpSocket;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link UDPSocket} has from open to close. A datagram is copied in and out by the owner of
 * the stack: it is small, and there is no ring to go through.
 */
final class UdpSession extends Session {
  /** Owner of the stack. */
  private @Nullable UdpSocket bound;

  private int trafficClass;

  UdpSession(NetworkInterface network, InternetSocket socket) {
    super(network, socket);
  }

  private Udp udp() {
    return driver.stack().udp();
  }

  // ---- as the owner of the stack ----

  @Override
  int bind(IpAddress address, int port) {
    if (bound != null) {
      return NsapiError.PARAMETER;
    }
    Result possible = udp().bindable(address, port);
    if (possible == Result.OK) {
      UdpSocket fresh = udp().bind(address, port, this::readable);
      fresh.trafficClass(trafficClass);
      bound = fresh;
    }
    return InternetSocket.code(possible);
  }

  private void readable() {
    readable.raise();
    socket.sigio.changed(driver);
  }

  /** Sends a datagram, from an ephemeral port if the socket is not bound. */
  Result send(ByteBuffer data, int offset, int length, IpAddress address, int port) {
    if (bound == null) {
      bind(IpAddress.ANY_V6, 0);
    }
    UdpSocket from = bound;
    return from == null ? Result.LIMIT : from.send(data, offset, length, address, port);
  }

  /** The next datagram, which the caller releases, or null. */
  @Nullable Packet poll() {
    UdpSocket from = bound;
    return from == null ? null : from.poll();
  }

  /** Sets the type of service; null asks for it only. */
  int trafficClass(@Nullable Integer value) {
    if (value != null) {
      trafficClass = value;
      UdpSocket from = bound;
      if (from != null) {
        from.trafficClass(value);
      }
    }
    return trafficClass;
  }

  @Override
  boolean isReady() {
    UdpSocket from = bound;
    return from != null && from.pending() > 0;
  }

  @Override
  int localName(SocketAddress address) {
    UdpSocket from = bound;
    if (from == null) {
      return NsapiError.NO_ADDRESS;
    }
    address.set(new SocketAddress(from.localAddress(), from.localPort()));
    return NsapiError.OK;
  }

  @Override
  void interfaceDown() {
    // A port has no connection to lose, and datagrams may come again.
  }

  @Override
  void giveBack() {
    UdpSocket from = bound;
    if (from != null) {
      from.close();
    }
  }

  @Override
  void abandon() {
    giveBack();
  }
}

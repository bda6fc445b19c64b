package io.tapstack.cli;

import io.tapstack.cli.service.DatagramPort;
import io.tapstack.socket.NsapiError;
import io.tapstack.socket.SocketAddress;
import io.tapstack.socket.UDPSocket;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/** A UDP port of this project's stack. */
final class StackDatagrams implements DatagramPort {
  private final UDPSocket socket;
  private final SocketAddress sender = new SocketAddress();

  StackDatagrams(UDPSocket socket) {
    this.socket = socket;
  }

  @Override
  public int receive(byte[] to) throws IOException {
    int n = socket.recvfrom(sender, to);
    if (n >= 0) {
      return n;
    }
    throw n == NsapiError.WOULD_BLOCK
        ? new SocketTimeoutException("no datagram came in time")
        : new SocketException("no datagram can be received: " + NsapiError.describe(n));
  }

  @Override
  public IpAddress sender() {
    IpAddress address = sender.ip();
    return address == null ? IpAddress.ANY_V6 : address;
  }

  @Override
  public int senderPort() {
    return sender.getPort();
  }

  @Override
  public void send(byte[] from, int offset, int length, IpAddress to, int port) throws IOException {
    int n = socket.sendto(new SocketAddress(to, port), from, offset, length);
    if (n < 0) {
      throw new SocketException(
          "no datagram can be sent to " + Endpoint.text(to, port) + ": " + NsapiError.describe(n));
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}

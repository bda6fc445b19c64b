package io.tapstack.cli;

import io.tapstack.cli.service.ByteStream;
import io.tapstack.cli.service.TcpListener;
import io.tapstack.socket.NsapiError;
import io.tapstack.socket.SocketAddress;
import io.tapstack.socket.TCPSocket;
import java.io.IOException;
import java.net.SocketException;

/** A listening port of this project's stack. */
final class StackListener implements TcpListener {
  private final TCPSocket socket;
  private final int port;
  private final int timeout;

  /**
   * Wraps a listening socket.
   *
   * @param timeout the limit of every wait of an accepted connection, 0 for none
   */
  StackListener(TCPSocket socket, int timeout) {
    this.socket = socket;
    this.timeout = timeout;
    SocketAddress local = new SocketAddress();
    this.port = socket.getsockname(local) == NsapiError.OK ? local.getPort() : 0;
  }

  @Override
  public ByteStream accept() throws IOException {
    int[] error = new int[1];
    TCPSocket accepted = socket.accept(error);
    if (accepted == null) {
      throw new SocketException("no connection to accept: " + NsapiError.describe(error[0]));
    }
    SocketAddress peer = new SocketAddress();
    String name = accepted.getpeername(peer) == NsapiError.OK ? peer.toString() : "a peer";
    return new StackStream(accepted, name, timeout);
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void close() {
    socket.close();
  }
}

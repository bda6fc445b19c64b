package io.tapstack.cli;

import io.tapstack.cli.service.ByteStream;
import io.tapstack.cli.service.DatagramPort;
import io.tapstack.cli.service.TcpListener;
import io.tapstack.wire.IpAddress;
import java.io.IOException;

/**
 * A TCP/IP stack as the commands use it: this project's, or the kernel's on the other side of the
 * demo. Every failure is an {@link IOException} whose message is a sentence for people. Time limits
 * are in milliseconds; 0 is none.
 */
interface Network extends AutoCloseable {
  /**
   * Opens a connection.
   *
   * @param opening the limit of the opening
   * @param waiting the limit of every later wait for the peer
   */
  ByteStream connect(IpAddress address, int port, int opening, int waiting) throws IOException;

  /**
   * Takes connections to a port, at every address.
   *
   * @param port its number, or 0 for any
   * @param timeout the limit of every wait for an accepted peer
   */
  TcpListener listen(int port, int timeout) throws IOException;

  /**
   * Opens a UDP port.
   *
   * @param port its number, or 0 for any
   * @param timeout the limit of every wait for a datagram
   */
  DatagramPort datagrams(int port, int timeout) throws IOException;

  @Override
  void close();
}

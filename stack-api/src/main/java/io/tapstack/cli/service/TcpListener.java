package io.tapstack.cli.service;

import java.io.IOException;

/** A port that takes connections, whoever's TCP it is. */
public interface TcpListener extends AutoCloseable {
  /**
   * Waits for a connection.
   *
   * @throws java.net.SocketException when the listener is closed
   */
  ByteStream accept() throws IOException;

  /** The port that is listened on. */
  int port();

  /** Ends the listening, and wakes whoever waits in {@link #accept}. */
  @Override
  void close() throws IOException;
}

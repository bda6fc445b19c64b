package io.tapstack.cli.service;

import java.io.IOException;

/** What is done with a connection. One object serves many connections, each on its own thread. */
@FunctionalInterface
public interface TcpService {
  /** Serves a connection until it is done with; the caller closes it. */
  void serve(ByteStream stream) throws IOException;
}

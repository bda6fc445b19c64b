package io.tapstack.it.relay;

import io.tapstack.link.Link;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A TCP at one end of a relay. Bytes flow from the end that connects to the end that listens, for a
 * number of seconds, and are counted where they arrive.
 */
interface End extends AutoCloseable {
  /** Where the frames of this end come out, for the relay. */
  Link link();

  /** Listens, and will read the first connection for so many seconds after it was accepted. */
  Reception receive(int port, double seconds) throws IOException;

  /**
   * Connects, and sends for so many seconds.
   *
   * @param algorithm its congestion control
   * @param trace a file for the sender's state every 100 ms, as comma-separated values
   */
  Sent send(String host, int port, String algorithm, double seconds, @Nullable Path trace)
      throws IOException;

  @Override
  void close();

  /** A connection that will come and be read. */
  interface Reception {
    /** Waits for its end. */
    Received await() throws IOException;
  }
}

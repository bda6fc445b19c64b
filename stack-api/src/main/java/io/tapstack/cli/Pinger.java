package io.tapstack.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Asks one host for echoes. */
interface Pinger {
  /**
   * An echo that came back.
   *
   * @param nanos how long it took
   * @param hopLimit the TTL or hop limit that was left of it
   */
  record Reply(long nanos, int hopLimit) {}

  /**
   * Sends an echo request and waits for the reply.
   *
   * @param sequence the request's sequence number
   * @param size the length of its data, in bytes
   * @param timeout how long to wait, in milliseconds
   * @return null if none came in time
   * @throws IOException if the request cannot be sent
   */
  @Nullable Reply ask(int sequence, int size, int timeout) throws IOException;
}

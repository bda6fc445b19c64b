package io.tapstack.udp;

/**
 * What UDP received, sent and dropped. Written by the owner of the stack; another thread's reading
 * may be a little old.
 */
public final class UdpCounters {
  long received;
  long sent;
  long sendFailed;
  long malformed;
  long badChecksum;
  long noSocket;
  long queueFull;
  long errorsHeard;

  UdpCounters() {}

  /** Datagrams put into a socket's queue. */
  public long received() {
    return received;
  }

  /** Datagrams that IP took. */
  public long sent() {
    return sent;
  }

  /** Datagrams that could not be sent. */
  public long sendFailed() {
    return sendFailed;
  }

  /** Datagrams dropped for a length that does not fit. */
  public long malformed() {
    return malformed;
  }

  /** Datagrams dropped for a wrong checksum, or for none over IPv6. */
  public long badChecksum() {
    return badChecksum;
  }

  /** Datagrams to a port nobody is bound to. */
  public long noSocket() {
    return noSocket;
  }

  /** Datagrams dropped because a queue was full. */
  public long queueFull() {
    return queueFull;
  }

  /** ICMP errors about datagrams of our sockets. */
  public long errorsHeard() {
    return errorsHeard;
  }
}

package io.tapstack.tcp;

/**
 * Who hears that a connection or a listener may have become ready. Events carry no promise: they
 * say "try again", may be spurious and may be merged.
 *
 * <p>Thread: called by the owner of the stack in the middle of a turn. An implementation records or
 * queues; it never calls back into the stack.
 */
@FunctionalInterface
public interface TcpEvents {
  /** There is something to read: data, the peer's FIN, or the end of the connection. */
  int READABLE = 1;

  /** The send buffer has room again. */
  int WRITABLE = 2;

  /** The handshake is complete. */
  int CONNECTED = 4;

  /** The connection has ended; {@link TcpConnection#failure()} says why. */
  int CLOSED = 8;

  /** A listener has a connection to accept. */
  int ACCEPTABLE = 16;

  /**
   * Something is wrong on the way, and the connection goes on (RFC 9293 section 3.9.1.8): {@link
   * TcpConnection#softError()} says what.
   */
  int SOFT_ERROR = 32;

  /** The peer has urgent data, or more of it: {@link TcpConnection#urgent()} says how much. */
  int URGENT = 64;

  /** An implementation that ignores all events. */
  TcpEvents NONE = what -> {};

  /**
   * Something changed.
   *
   * @param what the bits of this interface
   */
  void changed(int what);
}

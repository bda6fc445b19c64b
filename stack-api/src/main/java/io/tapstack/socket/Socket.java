package io.tapstack.socket;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Mbed's abstract socket: what datagram and stream sockets have in common. Every operation answers
 * a size, zero, or a negative code of {@link NsapiError}; a socket that is not open answers {@code
 * NO_SOCKET}.
 *
 * <p>A new socket is blocking without a timeout. An interrupt of a thread that waits ends the wait
 * as if the timeout had expired; the thread stays interrupted.
 *
 * <p>Thread: any number of threads may use a socket, in any operations.
 */
public abstract class Socket {
  Socket() {}

  /**
   * Closes the socket. Whoever waits in one of its operations returns with {@code NO_SOCKET}. What
   * was sent is still delivered. The socket may be opened again.
   *
   * @return OK, or NO_SOCKET if it is not open
   */
  public abstract int close();

  /**
   * Connects a stream, or sets the peer of a datagram socket.
   *
   * @return OK; see the subclass
   */
  public abstract int connect(SocketAddress address);

  /**
   * Sends to the connected peer.
   *
   * @param offset the first byte of {@code data}
   * @param length how many
   * @return how many bytes were sent, or a code
   * @throws IndexOutOfBoundsException if the range is not in the array
   */
  public abstract int send(byte[] data, int offset, int length);

  /** Sends a whole array; see {@link #send(byte[], int, int)}. */
  public final int send(byte[] data) {
    return send(data, 0, data.length);
  }

  /** Sends what remains in a buffer, whose position moves behind what was sent. */
  public abstract int send(ByteBuffer data);

  /** Sends what is readable in a buffer, whose reader index moves behind what was sent. */
  public final int send(ByteBuf data) {
    ByteBuffer view = Buffers.readable(data);
    int result = send(view);
    data.skipBytes(view.position());
    return result;
  }

  /**
   * Receives from the connected peer.
   *
   * @param offset where the first byte goes in {@code data}
   * @param length how many at most
   * @return how many bytes were received, 0 at the end of a stream, or a code
   * @throws IndexOutOfBoundsException if the range is not in the array
   */
  public abstract int recv(byte[] data, int offset, int length);

  /** Receives into an array; see {@link #recv(byte[], int, int)}. */
  public final int recv(byte[] data) {
    return recv(data, 0, data.length);
  }

  /** Receives into what remains of a buffer, whose position moves behind what was received. */
  public abstract int recv(ByteBuffer data);

  /** Receives into what is writable of a buffer, whose writer index moves. */
  public final int recv(ByteBuf data) {
    ByteBuffer view = Buffers.writable(data);
    int result = recv(view);
    Buffers.wrote(data, view);
    return result;
  }

  /**
   * Sends to an address; a stream ignores the address.
   *
   * @return as {@link #send(byte[], int, int)}
   */
  public abstract int sendto(SocketAddress address, byte[] data, int offset, int length);

  /** Sends a whole array to an address. */
  public final int sendto(SocketAddress address, byte[] data) {
    return sendto(address, data, 0, data.length);
  }

  /** Sends what remains in a buffer to an address. */
  public abstract int sendto(SocketAddress address, ByteBuffer data);

  /** Sends what is readable in a buffer to an address. */
  public final int sendto(SocketAddress address, ByteBuf data) {
    ByteBuffer view = Buffers.readable(data);
    int result = sendto(address, view);
    data.skipBytes(view.position());
    return result;
  }

  /**
   * Receives, and tells from whom.
   *
   * @param address filled in if something was received, left alone otherwise; may be null
   * @return as {@link #recv(byte[], int, int)}
   */
  public abstract int recvfrom(
      @Nullable SocketAddress address, byte[] data, int offset, int length);

  /** Receives into an array, and tells from whom. */
  public final int recvfrom(@Nullable SocketAddress address, byte[] data) {
    return recvfrom(address, data, 0, data.length);
  }

  /** Receives into what remains of a buffer, and tells from whom. */
  public abstract int recvfrom(@Nullable SocketAddress address, ByteBuffer data);

  /** Receives into what is writable of a buffer, and tells from whom. */
  public final int recvfrom(@Nullable SocketAddress address, ByteBuf data) {
    ByteBuffer view = Buffers.writable(data);
    int result = recvfrom(address, view);
    Buffers.wrote(data, view);
    return result;
  }

  /**
   * Binds to a local address and port.
   *
   * @param address an address of the interface, or an empty one for any; port 0 for an ephemeral
   *     one
   * @return OK; NO_SOCKET; PARAMETER if the address is not ours or is taken, or the socket is bound
   */
  public abstract int bind(SocketAddress address);

  /** True waits as long as it takes, false never waits: {@code setTimeout(-1)} and {@code (0)}. */
  public abstract void setBlocking(boolean blocking);

  /**
   * Sets how long an operation waits before it answers WOULD_BLOCK.
   *
   * @param milliseconds 0 for not at all, negative for as long as it takes
   */
  public abstract void setTimeout(int milliseconds);

  /**
   * Sets what is called when the socket's state changes: it can be read, written or accepted from,
   * is connected, or has ended. Between two operations on the socket it is called at most once, so
   * receive and send until WOULD_BLOCK. It may be called for no reason.
   *
   * <p>It is called by the stack's thread, which holds no lock but has other work: hand over to a
   * thread of your own. Operations called from within do not wait. {@link #close} calls it once, in
   * the thread that closes.
   *
   * @param callback null for none
   */
  public abstract void sigio(@Nullable Runnable callback);

  /**
   * Sets an option.
   *
   * @param level {@link SocketOption#LEVEL}
   * @param option one of {@link SocketOption}'s
   * @return OK, NO_SOCKET, UNSUPPORTED, or PARAMETER for a value out of range
   */
  public abstract int setsockopt(int level, int option, int value);

  /**
   * Asks for an option.
   *
   * @param value its first element is set
   * @return OK, NO_SOCKET or UNSUPPORTED
   */
  public abstract int getsockopt(int level, int option, int[] value);

  /**
   * Takes a connection that has come in.
   *
   * @param error its first element is set to OK or to why there is none; may be null
   * @return a new socket, or null
   */
  public abstract @Nullable Socket accept(int @Nullable [] error);

  /** Takes a connection that has come in; null if there is none. */
  public @Nullable Socket accept() {
    return accept(null);
  }

  /**
   * Begins to listen for connections.
   *
   * @param backlog how many may wait to be accepted, at least 1
   * @return OK; NO_SOCKET; UNSUPPORTED; PARAMETER if the socket is not bound or is connected
   */
  public abstract int listen(int backlog);

  /** Begins to listen, with a backlog of 1 as in Mbed. */
  public final int listen() {
    return listen(1);
  }

  /**
   * Tells the peer.
   *
   * @param address filled in on success
   * @return OK, NO_SOCKET, or NO_CONNECTION if no peer was ever set
   */
  public abstract int getpeername(SocketAddress address);
}

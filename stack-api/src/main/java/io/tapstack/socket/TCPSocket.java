package io.tapstack.socket;

import io.tapstack.base.Result;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpInfo;
import io.tapstack.tcp.TcpListener;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stream over TCP: the side that connects, the side that was accepted, or one that listens.
 *
 * <pre>{@code
 * TCPSocket socket = new TCPSocket();
 * socket.open(net);
 * NsapiError.check(socket.connect(new SocketAddress("10.77.0.1", 80)));
 * socket.send(request);
 * while ((n = socket.recv(buffer)) > 0) { ... }
 * socket.close();
 * }</pre>
 *
 * <p>What is sent while the connection is still being made is queued and follows (RFC 9293 section
 * 3.10.2). The bytes of threads that send at the same time may be interleaved.
 */
public final class TCPSocket extends InternetSocket {
  /** Creates a socket that is not open. */
  public TCPSocket() {}

  @Override
  Session newSession(NetworkInterface network) {
    return new TcpSession(network, this);
  }

  private @Nullable TcpSession session() {
    return (TcpSession) begin();
  }

  // ---- making connections ----

  /**
   * Connects. If the socket does not wait, the first call answers IN_PROGRESS, further ones ALREADY
   * and, once the connection is made, IS_CONNECTED. If its timeout expires, IN_PROGRESS or, if the
   * attempt was begun by an earlier call, ALREADY; the attempt goes on.
   *
   * @return OK; the above; NO_SOCKET; PARAMETER for an address that no peer can have; NO_CONNECTION
   *     if no route leads there, the peer refuses or does not answer, from then on; then close the
   *     socket and open it again
   */
  @Override
  public int connect(SocketAddress address) {
    TcpSession session = session();
    if (session == null) {
      return NsapiError.NO_SOCKET;
    }
    long seen = session.writable.version();
    int begun = session.owned(() -> beginConnect(session, address));
    TcpConnection connection = session.connection;
    if (begun != NsapiError.IN_PROGRESS && begun != NsapiError.ALREADY || connection == null) {
      return begun;
    }
    if (timeout() == 0) {
      return begun; // even if a peer in this process has answered meanwhile: the next call tells
    }
    long deadline = Session.UNSET;
    while (true) {
      int progress = TcpSession.progress(connection);
      if (session.isOver()) {
        return session.gone(); // asked after progress: close() ends the session first
      }
      if (progress != NsapiError.IN_PROGRESS) {
        return progress == NsapiError.IS_CONNECTED ? NsapiError.OK : progress;
      }
      deadline = session.await(session.writable, seen, deadline);
      if (deadline == Session.UNSET) {
        return begun;
      }
      seen = session.writable.version();
    }
  }

  /** Answers IN_PROGRESS if this call began it, ALREADY if another did, or how it has ended. */
  private int beginConnect(TcpSession session, SocketAddress address) {
    if (session.listener != null) {
      return NsapiError.IS_CONNECTED;
    }
    TcpConnection existing = session.connection;
    if (existing != null) {
      int progress = TcpSession.progress(existing);
      return progress == NsapiError.IN_PROGRESS ? NsapiError.ALREADY : progress;
    }
    IpAddress ip = address.ip();
    if (ip == null) {
      return NsapiError.PARAMETER;
    }
    int result = session.connect(ip, address.getPort());
    if (result == NsapiError.IN_PROGRESS) {
      peer(address);
    }
    return result;
  }

  /**
   * Connects to a host given as text, as Mbed OS 5 had it.
   *
   * @param host an address; names cannot be resolved yet
   * @return as {@link #connect(SocketAddress)}; DNS_FAILURE if {@code host} is no address
   */
  public int connect(String host, int port) {
    if (session() == null) {
      return NsapiError.NO_SOCKET;
    }
    if (port < 0 || port > 65535) {
      return NsapiError.PARAMETER;
    }
    SocketAddress address = new SocketAddress(host, port);
    return address.ip() == null ? NsapiError.DNS_FAILURE : connect(address);
  }

  /**
   * Begins to listen on the address that the socket is bound to; once more does nothing.
   *
   * @param backlog how many connections may wait to be accepted, at least 1
   * @return OK; NO_SOCKET; PARAMETER if the socket is not bound or is connected
   */
  @Override
  public int listen(int backlog) {
    TcpSession session = session();
    if (session == null) {
      return NsapiError.NO_SOCKET;
    }
    return session.owned(() -> session.listen(backlog));
  }

  /**
   * Takes a connection that has come in. The new socket is blocking, whatever this one is.
   *
   * @param error its first element is set: OK; NO_SOCKET; PARAMETER if the socket does not listen;
   *     WOULD_BLOCK
   */
  @Override
  public @Nullable TCPSocket accept(int @Nullable [] error) {
    TcpSession session = session();
    if (session == null) {
      set(error, NsapiError.NO_SOCKET);
      return null;
    }
    int[] code = new int[1];
    long deadline = Session.UNSET;
    while (true) {
      long seen = session.readable.version();
      TCPSocket accepted = takeConnection(session, code);
      if (accepted == null && code[0] == NsapiError.WOULD_BLOCK) {
        deadline = session.await(session.readable, seen, deadline);
        if (deadline != Session.UNSET) {
          continue;
        }
      }
      set(error, code[0]);
      return accepted;
    }
  }

  @Override
  public @Nullable TCPSocket accept() {
    return accept(null);
  }

  private static @Nullable TCPSocket takeConnection(TcpSession session, int[] code) {
    TCPSocket[] accepted = new TCPSocket[1];
    code[0] =
        session.owned(
            () -> {
              TcpListener listener = session.listener;
              if (listener == null) {
                return NsapiError.PARAMETER;
              }
              TcpConnection connection = listener.accept();
              if (connection == null) {
                return NsapiError.WOULD_BLOCK;
              }
              accepted[0] = new TCPSocket();
              accepted[0].adopt(session.network, connection);
              return NsapiError.OK;
            });
    return accepted[0];
  }

  private void adopt(NetworkInterface network, TcpConnection connection) {
    TcpSession fresh = new TcpSession(network, this);
    fresh.adopt(connection);
    fresh.register();
    adopt(fresh, new SocketAddress(connection.remoteAddress(), connection.remotePort()));
  }

  /**
   * Tells in the stack's own words why the connection could not be made or has ended, where
   * NO_CONNECTION does not say which: REFUSED, RESET, TIMED_OUT, UNREACHABLE. Mbed has no such
   * operation.
   *
   * @return null if the socket is not open, or its connection is sound or ended in order
   */
  public @Nullable Result failure() {
    TcpSession session = session();
    TcpConnection connection = session == null ? null : session.connection;
    return connection == null ? null : connection.failure();
  }

  // ---- sending ----

  /**
   * Sends bytes: all of them if the socket waits as long as it takes; as many as could be queued if
   * it does not wait or its timeout expires.
   *
   * @return how many bytes were queued; WOULD_BLOCK if none; NO_SOCKET; NO_CONNECTION if the socket
   *     never was connected, its connection has ended or its output is shut down
   */
  @Override
  public int send(byte[] data, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, data.length);
    return send(data, offset, length, null);
  }

  /** As {@link #send(byte[], int, int)}. */
  @Override
  public int send(ByteBuffer data) {
    return send(null, 0, data.remaining(), data);
  }

  private int send(byte @Nullable [] data, int offset, int length, @Nullable ByteBuffer buffer) {
    TcpSession session = session();
    if (session == null) {
      return NsapiError.NO_SOCKET;
    }
    if (session.connection == null) {
      return NsapiError.NO_CONNECTION;
    }
    int sent = 0;
    long deadline = Session.UNSET;
    while (sent < length) {
      long seen = session.writable.version();
      int n = session.write(data, offset + sent, length - sent, buffer);
      if (n < 0) {
        return n;
      }
      if (n > 0) {
        session.driver.kick(session.flush);
        sent += n;
        continue;
      }
      deadline = session.await(session.writable, seen, deadline);
      if (deadline == Session.UNSET) {
        return sent > 0 ? sent : NsapiError.WOULD_BLOCK;
      }
    }
    return sent;
  }

  /**
   * Ends this side's stream: the peer reads what was sent and then the end, and may go on sending.
   * Mbed has no such operation.
   *
   * @return OK; NO_SOCKET; NO_CONNECTION if the socket is not connected
   */
  public int shutdownOutput() {
    TcpSession session = session();
    if (session == null) {
      return NsapiError.NO_SOCKET;
    }
    return session.owned(session::shutdownOutput);
  }

  // ---- receiving ----

  /**
   * Receives what is there, at least one byte, waiting for it if the socket waits.
   *
   * @return how many bytes; 0 if the peer has ended its stream, every time; WOULD_BLOCK; NO_SOCKET;
   *     NO_CONNECTION if the socket never was connected, listens, or its connection has failed
   */
  @Override
  public int recv(byte[] data, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, data.length);
    return recv(data, offset, length, null);
  }

  /** As {@link #recv(byte[], int, int)}. */
  @Override
  public int recv(ByteBuffer data) {
    return recv(null, 0, data.remaining(), data);
  }

  private int recv(byte @Nullable [] data, int offset, int length, @Nullable ByteBuffer buffer) {
    TcpSession session = session();
    if (session == null) {
      return NsapiError.NO_SOCKET;
    }
    TcpConnection connection = session.connection;
    if (connection == null) {
      return NsapiError.NO_CONNECTION;
    }
    if (length == 0) {
      return 0;
    }
    long deadline = Session.UNSET;
    while (true) {
      long seen = session.readable.version();
      int n = session.read(data, offset, length, buffer);
      if (n > 0) {
        session.driver.kick(session.consumed);
        if (TcpSession.hasPeerFinished(connection)) {
          callOnceMore(session);
        }
        return n;
      }
      if (n != NsapiError.WOULD_BLOCK) {
        if (session.firstEnd()) {
          callOnceMore(session);
        }
        return n;
      }
      deadline = session.await(session.readable, seen, deadline);
      if (deadline == Session.UNSET) {
        return NsapiError.WOULD_BLOCK;
      }
    }
  }

  /**
   * Calls sigio although nothing happened. A program that receives once per call, and acts on what
   * it received in the next one, as the program in Mbed's documents does, would otherwise wait for
   * ever for the call that tells of an end: it came together with data, or is what was received.
   */
  private void callOnceMore(TcpSession session) {
    if (sigio.isSet()) {
      session.owned(
          () -> {
            sigio.changed(session.driver);
            return NsapiError.OK;
          });
    }
  }

  // ---- as a socket of datagrams would ----

  /** Sends to the connected peer; the address is ignored. */
  @Override
  public int sendto(SocketAddress address, byte[] data, int offset, int length) {
    return send(data, offset, length);
  }

  /** Sends to the connected peer; the address is ignored. */
  @Override
  public int sendto(SocketAddress address, ByteBuffer data) {
    return send(data);
  }

  @Override
  public int recvfrom(@Nullable SocketAddress address, byte[] data, int offset, int length) {
    return named(address, recv(data, offset, length));
  }

  @Override
  public int recvfrom(@Nullable SocketAddress address, ByteBuffer data) {
    return named(address, recv(data));
  }

  private int named(@Nullable SocketAddress address, int result) {
    SocketAddress from = peer();
    if (address != null && from != null && result >= 0) {
      address.set(from);
    }
    return result;
  }

  // ---- options ----

  @Override
  public int setsockopt(int level, int option, int value) {
    TcpSession session = session();
    if (session == null) {
      return NsapiError.NO_SOCKET;
    }
    return level == SocketOption.LEVEL
        ? session.owned(() -> TcpOptionValues.set(session, option, value))
        : NsapiError.UNSUPPORTED;
  }

  @Override
  public int getsockopt(int level, int option, int[] value) {
    TcpSession session = session();
    if (session == null) {
      return NsapiError.NO_SOCKET;
    }
    return level == SocketOption.LEVEL
        ? session.owned(() -> TcpOptionValues.get(session, option, value))
        : NsapiError.UNSUPPORTED;
  }

  /**
   * Sends small segments at once, without waiting for an acknowledgement to join them (Nagle's
   * algorithm). Mbed has no such option.
   *
   * @return OK or NO_SOCKET
   */
  public int setNoDelay(boolean on) {
    TcpSession session = session();
    return session == null ? NsapiError.NO_SOCKET : session.owned(() -> session.noDelay(on));
  }

  /**
   * Chooses the congestion control of this connection, or of the one to come. A socket that listens
   * chooses for all connections that come to it from then on. Linux calls it TCP_CONGESTION; Mbed
   * has no such option.
   *
   * @param name one of {@link io.tapstack.tcp.CongestionControls#names}
   * @return OK, NO_SOCKET, or PARAMETER if there is none of that name
   */
  public int setCongestionControl(String name) {
    TcpSession session = session();
    return session == null
        ? NsapiError.NO_SOCKET
        : session.owned(() -> session.congestionControl(name));
  }

  /**
   * What the connection knows of itself now, or null if there is none. Linux calls it TCP_INFO;
   * Mbed has no such thing.
   */
  public @Nullable TcpInfo info() {
    TcpSession session = session();
    TcpConnection connection = session == null ? null : session.connection;
    if (connection == null || !session.driver.enter()) {
      return null;
    }
    try {
      return connection.info();
    } finally {
      session.driver.exit();
    }
  }
}

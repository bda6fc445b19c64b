package io.tapstack.cli;

import io.tapstack.cli.http.HttpHead;
import io.tapstack.cli.service.PseudoRandomBytes;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpEvents;
import io.tapstack.tcp.TcpListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The simulation's server, which never waits: each turn does what can be done. It answers one
 * request for {@code /bytes/N} on one connection.
 */
final class SimServer {
  private final TcpListener listener;
  private final TcpEvents events;
  private final PseudoRandomBytes source = new PseudoRandomBytes();
  private final byte[] request = new byte[4096];
  private final byte[] buffer = new byte[64 * 1024];
  private @Nullable TcpConnection connection;
  private int requestLength;
  private boolean answering;
  private boolean closed;
  private long left;
  private int from;
  private int to;

  /**
   * Serves what a listener takes.
   *
   * @param events hears of the connection
   */
  SimServer(TcpListener listener, TcpEvents events) {
    this.listener = listener;
    this.events = events;
  }

  /** Does what can be done now; called by the owner of the stack. */
  void turn() {
    if (connection == null) {
      connection = listener.accept();
      if (connection != null) {
        connection.events(events);
      }
    }
    TcpConnection peer = connection;
    if (peer == null || closed) {
      return;
    }
    if (!answering) {
      listen(peer);
    }
    if (answering) {
      speak(peer);
    }
  }

  private void listen(TcpConnection peer) {
    int n = peer.read(request, requestLength, request.length - requestLength);
    if (n > 0) {
      requestLength += n;
      peer.consumed();
    }
    int end = HttpHead.end(request, 0, requestLength);
    if (end >= 0) {
      try {
        String target = HttpHead.parse(request, 0, end).second();
        left = Long.parseLong(target.substring("/bytes/".length()));
      } catch (IOException e) {
        throw new IllegalStateException("the simulation's own client sent no HTTP", e);
      }
      byte[] head =
          ("HTTP/1.1 200 OK\r\nContent-Length: " + left + "\r\nConnection: close\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(head, 0, buffer, 0, head.length);
      to = head.length;
      answering = true;
    }
  }

  private void speak(TcpConnection peer) {
    while (true) {
      if (from == to) {
        if (left == 0) {
          peer.close();
          closed = true;
          return;
        }
        from = 0;
        to = (int) Math.min(buffer.length, left);
        source.fill(buffer, 0, to);
        left -= to;
      }
      int n = peer.write(buffer, from, to - from);
      if (n <= 0) {
        return;
      }
      from += n;
      peer.flush();
    }
  }
}

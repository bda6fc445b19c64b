package io.tapstack.cli;

import io.tapstack.base.Result;
import io.tapstack.cli.http.HttpException;
import io.tapstack.cli.http.HttpGet;
import io.tapstack.cli.http.HttpHead;
import io.tapstack.cli.http.HttpUrl;
import io.tapstack.cli.http.Sha256;
import io.tapstack.stack.NetworkStack;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpEvents;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** The simulation's client, which never waits: each turn reads what is there. */
final class SimClient {
  private final TcpConnection connection;
  private final long expected;
  private final byte[] request;
  private final byte[] buffer = new byte[64 * 1024];
  private final MessageDigest digest = Sha256.digest();
  private int sent;
  private int headLength;
  private boolean inBody;
  private boolean over;
  private long received;
  private @Nullable String problem;
  private @Nullable String hash;

  /**
   * Begins to connect.
   *
   * @param expected how many bytes the body should have
   * @param events hears of the connection
   */
  SimClient(NetworkStack stack, HttpUrl url, long expected, TcpEvents events) {
    this.expected = expected;
    request = HttpGet.request(url);
    connection = stack.tcp().connect(null, url.address(), url.port(), events);
  }

  /** Does what can be done now; called by the owner of the stack. */
  void turn() {
    if (over) {
      return;
    }
    if (sent < request.length) {
      int n = connection.write(request, sent, request.length - sent);
      if (n > 0) {
        sent += n;
        connection.flush();
      }
    }
    boolean read = false;
    int n;
    while ((n = connection.read(buffer, headLength, buffer.length - headLength)) > 0) {
      read = true;
      take(n);
    }
    if (read) {
      connection.consumed();
    }
    if (n < 0 || problem != null) {
      end();
    }
  }

  private void take(int length) {
    if (inBody) {
      digest.update(buffer, 0, length);
      received += length;
      return;
    }
    headLength += length;
    int end = HttpHead.end(buffer, 0, headLength);
    if (end >= 0) {
      try {
        HttpHead head = HttpHead.parse(buffer, 0, end);
        if (!head.second().equals("200")) {
          problem = "the server answered " + head.second();
        }
      } catch (HttpException e) {
        problem = "the answer is not HTTP: " + e.getMessage();
      }
      digest.update(buffer, end, headLength - end);
      received = headLength - end;
      headLength = 0;
      inBody = true;
    }
  }

  private void end() {
    Result failure = connection.failure();
    if (failure != null) {
      problem = failure.words();
    } else if (problem == null && received != expected) {
      problem = "the connection ended after " + received + " of " + expected + " bytes";
    }
    hash = Sha256.hex(digest);
    connection.close();
    over = true;
  }

  /** Whether the download has ended, well or badly. */
  boolean isOver() {
    return over;
  }

  /** How many bytes of the body have come. */
  long received() {
    return received;
  }

  /** What went wrong, or null. */
  @Nullable String problem() {
    return problem;
  }

  /** The SHA-256 of the body, once all is over. */
  String hash() {
    return hash == null ? "" : hash;
  }
}

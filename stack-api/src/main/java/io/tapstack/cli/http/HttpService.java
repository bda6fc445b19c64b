package io.tapstack.cli.http;

import io.tapstack.cli.service.ByteStream;
import io.tapstack.cli.service.PseudoRandomBytes;
import io.tapstack.cli.service.TcpService;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.function.Supplier;

/**
 * The HTTP server of the command: {@code /} is a page about the stack itself, {@code /bytes/N} are
 * the first N {@link PseudoRandomBytes}, and {@code /sink} takes an upload and answers with its
 * length and SHA-256.
 *
 * <p>HTTP/1.1 with persistent connections, bodies of a known length or in chunks, {@code Expect:
 * 100-continue} and HEAD. A request that is not understood gets a status that says why, and the end
 * of the connection, since the start of the next one cannot be known.
 */
public final class HttpService implements TcpService {
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Supplier<String> statusPage;
  private final Clock clock;

  /**
   * Makes a server.
   *
   * @param statusPage makes the HTML of {@code /}; called on the connection's thread
   * @param clock tells the time for the Date field
   */
  public HttpService(Supplier<String> statusPage, Clock clock) {
    this.statusPage = statusPage;
    this.clock = clock;
  }

  @Override
  public void serve(ByteStream stream) throws IOException {
    HttpInput in = new HttpInput(stream);
    byte[] buffer = new byte[64 * 1024];
    HttpHead head = null;
    try {
      boolean more = true;
      while (more) {
        head = null;
        head = in.head();
        if (head == null) {
          return;
        }
        more = new Exchange(stream, in, buffer, head).run();
      }
    } catch (HttpException e) {
      String text = e.status() + " " + HttpStatus.reason(e.status()) + ": " + e.getMessage() + "\n";
      boolean withBody = head == null || !head.first().equals("HEAD");
      String fields = e.fields() + "Connection: close\r\n";
      respond(stream, e.status(), "text/plain; charset=utf-8", text, fields, withBody);
    }
    linger(stream, buffer);
  }

  /**
   * Ends a connection so that the answer arrives: closed with unread bytes it would be reset, and
   * the reset can overtake the answer (RFC 9112 section 9.6).
   */
  private static void linger(ByteStream stream, byte[] buffer) throws IOException {
    stream.finishOutput();
    int left = HttpLimits.LINGER;
    int n = 0;
    while (n >= 0 && left > 0) {
      n = stream.read(buffer, 0, buffer.length);
      left -= n;
    }
  }

  private void respond(
      ByteStream stream, int status, String type, String text, String fields, boolean withBody)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    byte[] head = head(status, type, body.length, fields);
    byte[] message = new byte[head.length + (withBody ? body.length : 0)];
    System.arraycopy(head, 0, message, 0, head.length);
    System.arraycopy(body, 0, message, head.length, message.length - head.length);
    stream.write(message, 0, message.length);
  }

  private byte[] head(int status, String type, long length, String fields) {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(clock.instant().atZone(ZoneOffset.UTC));
    return ("HTTP/1.1 "
            + status
            + " "
            + HttpStatus.reason(status)
            + "\r\nServer: tapstack\r\nDate: "
            + date
            + "\r\nContent-Type: "
            + type
            + "\r\nContent-Length: "
            + length
            + "\r\n"
            + fields
            + "\r\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** One request and its answer. */
  private final class Exchange {
    private final ByteStream stream;
    private final HttpInput in;
    private final byte[] buffer;
    private final HttpHead head;
    private final String method;
    private final boolean withBody;

    Exchange(ByteStream stream, HttpInput in, byte[] buffer, HttpHead head) {
      this.stream = stream;
      this.in = in;
      this.buffer = buffer;
      this.head = head;
      this.method = head.first();
      this.withBody = !method.equals("HEAD");
    }

    /** Answers, and tells whether the connection goes on. */
    boolean run() throws IOException {
      String version = head.third();
      if (!version.matches("HTTP/[0-9]\\.[0-9]")) {
        throw new HttpException(400, "the request line does not end in a version like HTTP/1.1");
      }
      if (!version.startsWith("HTTP/1.")) {
        throw new HttpException(505, "this server speaks HTTP/1.1");
      }
      boolean old = version.equals("HTTP/1.0");
      if (!old && head.value("host") == null) {
        // RFC 9112 section 3.2.
        throw new HttpException(400, "a request of HTTP/1.1 needs a Host field");
      }
      boolean goesOn =
          old ? head.lists("connection", "keep-alive") : !head.lists("connection", "close");
      HttpBody body = HttpBody.ofRequest(head, in);
      String path = path(head.second());
      String fields = goesOn ? (old ? "Connection: keep-alive\r\n" : "") : "Connection: close\r\n";
      if (path.equals("/sink")) {
        allow("PUT", "POST");
        sink(body, fields);
      } else if (path.equals("/")) {
        allow("GET", "HEAD");
        ignore(body);
        respond(stream, 200, "text/html; charset=utf-8", statusPage.get(), fields, withBody);
      } else if (path.startsWith("/bytes/")) {
        allow("GET", "HEAD");
        ignore(body);
        bytes(path.substring("/bytes/".length()), fields);
      } else {
        allow("GET", "HEAD", "PUT", "POST");
        throw notFound();
      }
      return goesOn;
    }

    /** The path of a target in origin form or absolute form, RFC 9112 section 3.2. */
    private static String path(String target) throws HttpException {
      String path = target;
      if (path.regionMatches(true, 0, "http://", 0, 7)) {
        int slash = path.indexOf('/', 7);
        path = slash < 0 ? "/" : path.substring(slash);
      }
      int query = path.indexOf('?');
      path = query < 0 ? path : path.substring(0, query);
      if (!path.startsWith("/") && !path.equals("*")) {
        throw new HttpException(400, "the request target is not a path such as /bytes/1000");
      }
      return path;
    }

    private void allow(String... methods) throws HttpException {
      for (String allowed : methods) {
        if (method.equals(allowed)) {
          return;
        }
      }
      if (!HttpStatus.isMethod(method)) {
        throw new HttpException(501, "the method " + printable(method) + " is not known here");
      }
      String list = String.join(", ", methods);
      throw new HttpException(405, "this resource takes " + list, "Allow: " + list + "\r\n");
    }

    private static String printable(String word) {
      String start = word.length() > 20 ? word.substring(0, 20) + "..." : word;
      return start.replaceAll("[^!-~.]", "?");
    }

    private HttpException notFound() {
      return new HttpException(404, "there are /, /bytes/N with a number N, and /sink");
    }

    /** Reads a body that means nothing, so that the next request can be found behind it. */
    private void ignore(HttpBody body) throws IOException {
      int total = 0;
      for (int n; (n = body.read(buffer, 0, buffer.length)) >= 0; ) {
        total += n;
        if (total > HttpLimits.UNWANTED_BODY) {
          throw new HttpException(413, "this resource takes no body");
        }
      }
    }

    private void bytes(String digits, String fields) throws IOException {
      if (!digits.matches("[0-9]{1,18}")) {
        throw notFound();
      }
      long left = Long.parseLong(digits);
      byte[] answer = head(200, "application/octet-stream", left, fields);
      stream.write(answer, 0, answer.length);
      PseudoRandomBytes source = new PseudoRandomBytes();
      while (withBody && left > 0) {
        int n = (int) Math.min(buffer.length, left);
        source.fill(buffer, 0, n);
        stream.write(buffer, 0, n);
        left -= n;
      }
    }

    private void sink(HttpBody body, String fields) throws IOException {
      if (head.contentLength() > HttpLimits.UPLOAD) {
        throw tooLarge();
      }
      String expectation = head.value("expect");
      if (expectation != null && !expectation.equalsIgnoreCase("100-continue")) {
        throw new HttpException(417, "the only expectation known here is 100-continue");
      }
      if (expectation != null && !head.third().equals("HTTP/1.0")) {
        stream.write(CONTINUE, 0, CONTINUE.length);
      }
      MessageDigest digest = Sha256.digest();
      long length = 0;
      for (int n; (n = body.read(buffer, 0, buffer.length)) >= 0; ) {
        digest.update(buffer, 0, n);
        length += n;
        if (length > HttpLimits.UPLOAD) {
          throw tooLarge();
        }
      }
      String hash = Sha256.hex(digest);
      String json = "{\"length\": " + length + ", \"sha256\": \"" + hash + "\"}\n";
      respond(stream, 200, "application/json", json, fields, true);
    }

    private HttpException tooLarge() {
      return new HttpException(413, "an upload may have " + HttpLimits.UPLOAD + " bytes");
    }
  }
}

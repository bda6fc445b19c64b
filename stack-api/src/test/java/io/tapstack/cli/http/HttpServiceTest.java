package io.tapstack.cli.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.cli.service.MemoryStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpServiceTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("1994-11-06T08:49:37Z"), ZoneOffset.UTC);

  private final HttpService service = new HttpService(() -> "<html>the stack</html>", CLOCK);

  private String answer(String request) throws IOException {
    return answer(request, Integer.MAX_VALUE);
  }

  private String answer(String request, int piece) throws IOException {
    MemoryStream stream = new MemoryStream(request.getBytes(StandardCharsets.ISO_8859_1), piece);
    service.serve(stream);
    return new String(stream.written(), StandardCharsets.ISO_8859_1);
  }

  private static String get(String target, String... fields) {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + String.join("", fields) + "\r\n";
  }

  @Test
  void theRootIsTheStatusPage() throws IOException {
    assertThat(answer(get("/", "Connection: close\r\n")))
        .isEqualTo(
            """
            HTTP/1.1 200 OK\r
            Server: tapstack\r
            Date: Sun, 6 Nov 1994 08:49:37 GMT\r
            Content-Type: text/html; charset=utf-8\r
            Content-Length: 22\r
            Connection: close\r
            \r
            <html>the stack</html>""");
  }

  @ParameterizedTest
  @CsvSource({
    "0, e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "1000, ab7e7f63b9ca21e0b759f378e5a9df207dfae793a465e5935487e6700612d5c3",
    "1000000, f85e08859047d0e7c8fab4d057b3a8cb832bf53106733664de85b03cea30d7ae",
    "1000003, 9fc06f9a3eca89ec6bcb6b6aabd660d3e67c3f01c6f55c2e8267e615af95848f",
  })
  void bytesAreThoseOfTheSeedWhoseHashesPythonComputed(int length, String sha256) throws Exception {
    MemoryStream stream =
        new MemoryStream(get("/bytes/" + length).getBytes(StandardCharsets.US_ASCII), 7);
    service.serve(stream);
    byte[] written = stream.written();
    int head = HttpHead.end(written, 0, written.length);
    assertThat(HttpHead.parse(written, 0, head).contentLength()).isEqualTo(length);
    assertThat(written.length - head).isEqualTo(length);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(written, head, length);
    assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(sha256);
  }

  @Test
  void aConnectionCarriesManyRequestsHoweverTheirBytesArrive() throws IOException {
    String requests =
        "\r\n"
            + get("/bytes/3")
            + "PUT /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
            + "POST /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "2;name=value\r\nab\r\n1\r\nc\r\n0\r\nTrailer: 1\r\n\r\n"
            + "GET /?query HTTP/1.1\nhost:x\n\n"
            + "HEAD http://x/bytes/5 HTTP/1.1\r\nHost: x\r\n\r\n"
            + get("/", "Connection: close\r\n")
            + get("/");
    String whole = answer(requests);
    assertThat(whole.split("HTTP/1.1 200 OK", -1)).hasSize(7);
    String sink =
        "{\"length\": 3, \"sha256\":"
            + " \"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}\n";
    assertThat(whole.split(java.util.regex.Pattern.quote(sink), -1)).hasSize(3);
    for (int piece : new int[] {1, 2, 3, 10, 100}) {
      assertThat(answer(requests, piece)).isEqualTo(whole);
    }
  }

  @Test
  void headTellsTheLengthAndSendsNoBody() throws IOException {
    assertThat(answer("HEAD /bytes/1000000000000 HTTP/1.0\r\n\r\n"))
        .contains("Content-Length: 1000000000000\r\n")
        .endsWith("Connection: close\r\n\r\n");
    assertThat(answer("HEAD /nothing HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 404 Not Found\r\n")
        .endsWith("Connection: close\r\n\r\n");
  }

  @Test
  void http10EndsUnlessAskedToStay() throws IOException {
    String old = "GET /bytes/0 HTTP/1.0\r\n\r\n";
    String kept = "GET /bytes/0 HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
    assertThat(answer(old + old).split("200 OK", -1)).hasSize(2);
    assertThat(answer(kept + old).split("200 OK", -1)).hasSize(3);
    assertThat(answer(kept)).contains("Connection: keep-alive\r\n");
  }

  @Test
  void anExpectationIsMetBeforeTheBody() throws IOException {
    String answer =
        answer(
            "PUT /sink HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx");
    assertThat(answer).startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n");
    assertThat(answer("PUT /sink HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n"))
        .startsWith("HTTP/1.1 417 ");
    // Refused before it is sent: no 100, and the body stays where it is.
    assertThat(
            answer(
                "PUT /bytes/1 HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                    + "Content-Length: 1\r\n\r\n"))
        .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
        .contains("Allow: GET, HEAD\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTX\r\nHost: x\r\n\r\n",
        "GET x HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: \u0001\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1x\r\n\r\n",
        "PUT /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        "PUT /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "PUT /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "PUT /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
        "PUT /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1111111111111111\r\n",
        "GET / HT",
      })
  void whatIsNotHttpGets400(String request) throws IOException {
    assertThat(answer(request)).startsWith("HTTP/1.1 400 Bad Request\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,    /nothing,            404",
    "GET,    /bytes/,             404",
    "GET,    /bytes/-1,           404",
    "GET,    /bytes/1000000000000000000, 404",
    "PUT,    /nothing,            404",
    "GET,    /sink,               405",
    "DELETE, /sink,               405",
    "POST,   /,                   405",
    "OPTIONS, *,                  405",
    "BREW,   /,                   501",
  })
  void whatIsNotServedGetsAStatusThatSaysSo(String method, String target, int status)
      throws IOException {
    assertThat(answer(method + " " + target + " HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 " + status + " ")
        .contains("Connection: close\r\n");
  }

  @Test
  void whatIsTooLongGetsAStatusThatSaysSo() throws IOException {
    String limit = "x".repeat(HttpLimits.HEAD);
    assertThat(answer(get("/" + limit))).startsWith("HTTP/1.1 431 ");
    assertThat(answer(limit + limit + limit)).startsWith("HTTP/1.1 431 ");
    assertThat(answer(get("/", "A: b\r\n".repeat(HttpLimits.FIELDS)))).startsWith("HTTP/1.1 431 ");
    assertThat(answer("PUT /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000001\r\n\r\nxyz"))
        .startsWith("HTTP/1.1 413 ");
    assertThat(answer(get("/", "Content-Length: 70000\r\n") + "x".repeat(70_000)))
        .startsWith("HTTP/1.1 413 ");
    assertThat(
            answer(
                "PUT /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;"
                    + "x".repeat(70_000)))
        .startsWith("HTTP/1.1 400 ");
    assertThat(
            answer(
                "PUT /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                    + "A: b\r\n".repeat(33)
                    + "\r\n"))
        .startsWith("HTTP/1.1 431 ");
    assertThat(answer("PUT /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n"))
        .startsWith("HTTP/1.1 501 ");
    assertThat(answer("GET / HTTP/2.0\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 505 ");
  }

  @Test
  void theRestIsReadBeforeTheConnectionEnds() throws IOException {
    String request = "BREW / HTTP/1.1\r\nHost: x\r\n\r\n" + "x".repeat(500_000);
    MemoryStream stream = new MemoryStream(request.getBytes(StandardCharsets.US_ASCII), 1000);
    service.serve(stream);
    assertThat(stream.finished()).isTrue();
    assertThat(stream.unread()).isZero();
  }

  @Test
  void anUploadThatBreaksOffIsNoUpload() {
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> answer("PUT /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabc"))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("2 bytes before");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloxxx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\nhello",
      })
  void theClientReadsABodyWhicheverWayItsEndIsTold(String response) throws IOException {
    MemoryStream stream = new MemoryStream(response.getBytes(StandardCharsets.US_ASCII), 3);
    HttpGet get = HttpGet.send(stream, HttpUrl.parse("http://10.0.0.1:81/a?b#c"));
    assertThat(stream.written())
        .asString()
        .startsWith("GET /a?b HTTP/1.1\r\nHost: 10.0.0.1:81\r\n")
        .endsWith("\r\n\r\n");
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    assertThat(get.copyTo(body, n -> assertThat(n).isPositive())).isEqualTo(5);
    assertThat(body).hasToString("hello");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                      | without an answer",
        "SSH-2.0-OpenSSH                         | inside a head",
        "'220 mail ready\r\n\r\n'                | does not answer in HTTP/1.1",
        "'HTTP/1.1 404 Not Found\r\n\r\n'        | the server answered 404 Not Found",
        "'HTTP/1.1 302 Found\r\nLocation: /y\r\n\r\n' | 302 Found (at /y; redirects are not followed)",
      })
  void theClientSaysWhatIsWrongWithAnAnswer(String response, String words) {
    MemoryStream stream = new MemoryStream(response.getBytes(StandardCharsets.US_ASCII), 100);
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> HttpGet.send(stream, HttpUrl.parse("http://10.0.0.1/")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(words);
  }
}

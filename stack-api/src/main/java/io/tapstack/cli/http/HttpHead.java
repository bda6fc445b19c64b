package io.tapstack.cli.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP message: its start line, cut at the spaces, and its fields.
 *
 * <p>For a request the three parts are method, target and version; for a response they are version,
 * status and reason. Bytes are taken as ISO 8859-1 (RFC 9112 section 2.2).
 *
 * @param first the first word of the start line
 * @param second the second
 * @param third the rest of it
 * @param fields the fields in order, names in lower case
 */
public record HttpHead(String first, String second, String third, List<Field> fields) {
  /**
   * A field of a head.
   *
   * @param name its name in lower case
   * @param value its value without white space around it
   */
  public record Field(String name, String value) {}

  /** Copies the list. */
  public HttpHead {
    fields = List.copyOf(fields);
  }

  /**
   * Finds the end of a head: the index behind its empty line, or -1 if that has not come yet. A
   * line may end in LF alone, RFC 9112 section 2.2.
   */
  public static int end(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\n') {
        int next = i + 1;
        if (next < to && bytes[next] == '\r') {
          next++;
        }
        if (next < to && bytes[next] == '\n') {
          return next + 1;
        }
      }
    }
    return -1;
  }

  /** Skips empty lines before a start line, which RFC 9112 section 2.2 asks a server to ignore. */
  public static int skipEmptyLines(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && (bytes[at] == '\r' || bytes[at] == '\n')) {
      at++;
    }
    return at;
  }

  /**
   * Parses a complete head.
   *
   * @param bytes holds it from {@code from} to {@code to}, the end that {@link #end} found
   * @throws HttpException with status 400 or 431 if it is not one
   */
  public static HttpHead parse(byte[] bytes, int from, int to) throws HttpException {
    String[] lines =
        new String(bytes, from, to - from, StandardCharsets.ISO_8859_1).split("\r?\n", -1);
    String[] start = lines[0].split(" ", 3);
    if (start.length < 2 || start[0].isEmpty() || start[1].isEmpty() || hasControl(lines[0])) {
      throw new HttpException(400, "the start line is not three words joined by single spaces");
    }
    List<Field> fields = new ArrayList<>();
    for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
      if (fields.size() == HttpLimits.FIELDS) {
        throw new HttpException(431, "more than " + HttpLimits.FIELDS + " header fields");
      }
      fields.add(field(lines[i]));
    }
    return new HttpHead(start[0], start[1], start.length < 3 ? "" : start[2], fields);
  }

  private static Field field(String line) throws HttpException {
    int colon = line.indexOf(':');
    // RFC 9112 sections 5.1 and 5.2: no space before the colon, no line that continues another.
    if (colon <= 0 || !isToken(line.substring(0, colon)) || hasControl(line)) {
      throw new HttpException(400, "a header field is not of the form \"Name: value\"");
    }
    String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
    return new Field(name, line.substring(colon + 1).strip());
  }

  /** Whether a text is a token of RFC 9110 section 5.6.2. */
  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean alphanumeric = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
      if (!alphanumeric && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean hasControl(String line) {
    return line.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 127);
  }

  /** The value of a field, the values joined by commas if there are several, or null. */
  public @Nullable String value(String name) {
    String joined = null;
    for (Field field : fields) {
      if (field.name().equals(name)) {
        joined = joined == null ? field.value() : joined + ", " + field.value();
      }
    }
    return joined;
  }

  /** Whether a field that is a list of words, such as Connection, holds a word. */
  public boolean lists(String name, String word) {
    String value = value(name);
    if (value != null) {
      for (String item : value.split(",")) {
        if (item.strip().equalsIgnoreCase(word)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * The length that Content-Length tells, or -1 if the field is absent.
   *
   * @throws HttpException with status 400 if it is not a number, or numbers that differ
   */
  public long contentLength() throws HttpException {
    String value = value("content-length");
    if (value == null) {
      return -1;
    }
    long length = -1;
    for (String item : value.split(",", -1)) {
      String digits = item.strip();
      // RFC 9112 section 6.3: the same value twice may be taken as one.
      if (!digits.matches("[0-9]{1,18}") || length >= 0 && length != Long.parseLong(digits)) {
        throw new HttpException(400, "Content-Length is not a number of bytes");
      }
      length = Long.parseLong(digits);
    }
    return length;
  }

  /**
   * Whether the body comes in chunks.
   *
   * @throws HttpException with status 501 for any other transfer coding, and with status 400 if
   *     Content-Length is there too (RFC 9112 section 6.3: it smells of request smuggling)
   */
  public boolean chunked() throws HttpException {
    String coding = value("transfer-encoding");
    if (coding == null) {
      return false;
    }
    if (!coding.equalsIgnoreCase("chunked")) {
      throw new HttpException(501, "the only transfer coding known here is chunked");
    }
    if (value("content-length") != null) {
      throw new HttpException(400, "Transfer-Encoding and Content-Length exclude each other");
    }
    return true;
  }
}

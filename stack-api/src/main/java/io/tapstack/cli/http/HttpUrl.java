package io.tapstack.cli.http;

import io.tapstack.wire.IpAddress;

/**
 * An http URL whose host is an address: RFC 3986 section 3.
 *
 * @param address the host
 * @param authority host and port as the Host field wants them
 * @param port the port, 80 unless the URL names another
 * @param target path and query, at least {@code /}
 */
public record HttpUrl(IpAddress address, String authority, int port, String target) {
  /**
   * Parses a URL.
   *
   * @throws IllegalArgumentException if it is not one that {@code get} can fetch; the message says
   *     what was expected
   */
  public static HttpUrl parse(String text) {
    if (text.regionMatches(true, 0, "https://", 0, 8)) {
      throw new IllegalArgumentException("https is not available yet; expected http://...");
    }
    if (!text.regionMatches(true, 0, "http://", 0, 7)) {
      throw wrong(text);
    }
    int end = text.length();
    for (int i = 7; i < end; i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 127) {
        throw wrong(text);
      }
    }
    int fragment = text.indexOf('#');
    end = fragment < 0 ? end : fragment;
    int hostEnd = 7;
    while (hostEnd < end && "/?".indexOf(text.charAt(hostEnd)) < 0) {
      hostEnd++;
    }
    String authority = text.substring(7, hostEnd);
    String target = text.substring(hostEnd, end);
    int bracket = authority.indexOf(']');
    int colon = authority.indexOf(':', Math.max(0, bracket));
    String host = colon < 0 ? authority : authority.substring(0, colon);
    boolean bracketed = bracket > 0 && authority.startsWith("[") && bracket == host.length() - 1;
    IpAddress address =
        IpAddress.parseOrNull(bracketed ? host.substring(1, host.length() - 1) : host);
    if (address == null || bracketed == address.isV4()) {
      throw authority.matches("[A-Za-z0-9.-]*[A-Za-z][A-Za-z0-9.-]*(:[0-9]*)?")
          ? new IllegalArgumentException(
              "\"" + host + "\" is a name, and names cannot be resolved yet; expected an address")
          : wrong(text);
    }
    String port = colon < 0 ? "80" : authority.substring(colon + 1);
    if (!port.matches("[0-9]{1,5}")
        || Integer.parseInt(port) < 1
        || Integer.parseInt(port) > 65535) {
      throw new IllegalArgumentException(
          "\"" + port + "\" is not a port; expected a number from 1 to 65535");
    }
    return new HttpUrl(
        address, authority, Integer.parseInt(port), target.startsWith("/") ? target : "/" + target);
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        "\""
            + text
            + "\" is not a URL that can be fetched; expected one like http://10.77.0.1:8000/file"
            + " or http://[fd77::1]/file");
  }
}

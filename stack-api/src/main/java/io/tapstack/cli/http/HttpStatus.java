package io.tapstack.cli.http;

import java.util.Set;

/** The words of RFC 9110: statuses and methods. */
final class HttpStatus {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  private HttpStatus() {}

  /** Whether a method is one that HTTP has, served here or not. */
  static boolean isMethod(String word) {
    return METHODS.contains(word);
  }

  /** The reason phrase of a status that this server sends. */
  static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 400 -> "Bad Request";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 413 -> "Content Too Large";
      case 417 -> "Expectation Failed";
      case 431 -> "Request Header Fields Too Large";
      case 501 -> "Not Implemented";
      case 505 -> "HTTP Version Not Supported";
      default -> throw new IllegalArgumentException("no reason phrase for status " + status);
    };
  }
}

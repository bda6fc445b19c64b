package io.tapstack.drill;

import io.tapstack.base.Result;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Linux's names and numbers that scripts use. */
final class Constants {
  private static final Map<String, Long> NUMBERS =
      Map.ofEntries(
          Map.entry("O_RDONLY", 0L),
          Map.entry("O_WRONLY", 1L),
          Map.entry("O_RDWR", 2L),
          Map.entry("O_NONBLOCK", 0x800L),
          Map.entry("SHUT_RD", 0L),
          Map.entry("SHUT_WR", 1L),
          Map.entry("SHUT_RDWR", 2L),
          Map.entry("POLLIN", 1L),
          Map.entry("POLLPRI", 2L),
          Map.entry("POLLOUT", 4L),
          Map.entry("POLLERR", 8L),
          Map.entry("POLLHUP", 0x10L),
          Map.entry("POLLNVAL", 0x20L),
          Map.entry("POLLRDHUP", 0x2000L),
          Map.entry("MSG_DONTWAIT", 0x40L),
          Map.entry("MSG_NOSIGNAL", 0x4000L),
          Map.entry("IPPROTO_TCP", 6L),
          Map.entry("IPPROTO_IP", 0L),
          Map.entry("TCP_ESTABLISHED", 1L),
          Map.entry("TCP_SYN_SENT", 2L),
          Map.entry("TCP_SYN_RECV", 3L),
          Map.entry("TCP_FIN_WAIT1", 4L),
          Map.entry("TCP_FIN_WAIT2", 5L),
          Map.entry("TCP_TIME_WAIT", 6L),
          Map.entry("TCP_CLOSE", 7L),
          Map.entry("TCP_CLOSE_WAIT", 8L),
          Map.entry("TCP_LAST_ACK", 9L),
          Map.entry("TCP_LISTEN", 10L),
          Map.entry("TCP_CLOSING", 11L));

  private static final Map<String, Long> ERRORS =
      Map.ofEntries(
          Map.entry("EBADF", 9L),
          Map.entry("EAGAIN", 11L),
          Map.entry("EINVAL", 22L),
          Map.entry("EPIPE", 32L),
          Map.entry("EADDRINUSE", 98L),
          Map.entry("EADDRNOTAVAIL", 99L),
          Map.entry("ENETUNREACH", 101L),
          Map.entry("ECONNABORTED", 103L),
          Map.entry("ECONNRESET", 104L),
          Map.entry("ENOBUFS", 105L),
          Map.entry("EISCONN", 106L),
          Map.entry("ENOTCONN", 107L),
          Map.entry("ETIMEDOUT", 110L),
          Map.entry("ECONNREFUSED", 111L),
          Map.entry("EHOSTUNREACH", 113L),
          Map.entry("EALREADY", 114L),
          Map.entry("EINPROGRESS", 115L));

  private Constants() {}

  static @Nullable Long number(String name) {
    Long number = NUMBERS.get(name);
    return number != null ? number : ERRORS.get(name);
  }

  /** The number of an errno, as {@code SO_ERROR} tells it. */
  static long error(String name) {
    Long number = ERRORS.get(name);
    if (number == null) {
      throw new IllegalArgumentException("errno " + name + " has no number here");
    }
    return number;
  }

  /** An integer: a number, a symbol, or an or of them. */
  static long integer(Value value) {
    if (value instanceof Value.Num number) {
      return number.value();
    }
    if (value instanceof Value.Word word) {
      Long number = number(word.name());
      if (number != null) {
        return number;
      }
    }
    if (value instanceof Value.Union union) {
      return union.parts().stream().mapToLong(Constants::integer).reduce(0, (a, b) -> a | b);
    }
    if (value instanceof Value.Applied applied
        && List.of("htons", "htonl").contains(applied.function())
        && applied.arguments().size() == 1) {
      return integer(applied.arguments().get(0));
    }
    if (value instanceof Value.Items items && items.values().size() == 1) {
      return integer(items.values().get(0));
    }
    throw new Unsupported("value " + value);
  }

  /** How Linux calls what happened. */
  static String errno(Result result) {
    return switch (result) {
      case OK -> "0";
      case INVALID -> "EINVAL";
      case ADDRESS_IN_USE -> "EADDRINUSE";
      case ADDRESS_NOT_LOCAL -> "EADDRNOTAVAIL";
      case NO_ROUTE -> "ENETUNREACH";
      case TOO_LARGE -> "EMSGSIZE";
      case LIMIT -> "ENOBUFS";
      case WOULD_BLOCK -> "EAGAIN";
      case REFUSED -> "ECONNREFUSED";
      case RESET -> "ECONNRESET";
      case TIMED_OUT -> "ETIMEDOUT";
      case UNREACHABLE -> "EHOSTUNREACH";
      case CLOSED -> "ECONNABORTED";
    };
  }

  /** The symbols of a set of {@code poll} events. */
  static String pollText(long events) {
    String text =
        List.of("POLLIN", "POLLOUT", "POLLERR", "POLLHUP", "POLLRDHUP").stream()
            .filter(name -> (events & NUMBERS.getOrDefault(name, 0L)) != 0)
            .collect(Collectors.joining("|"));
    return text.isEmpty() ? "0" : text;
  }
}

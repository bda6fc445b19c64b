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
          Map.entry("MSG_OOB", 0x1L),
          Map.entry("MSG_PEEK", 0x2L),
          Map.entry("MSG_TRUNC", 0x20L),
          Map.entry("MSG_EOR", 0x80L),
          Map.entry("MSG_WAITALL", 0x100L),
          Map.entry("MSG_ERRQUEUE", 0x2000L),
          Map.entry("MSG_MORE", 0x8000L),
          Map.entry("MSG_ZEROCOPY", 0x400_0000L),
          Map.entry("MSG_FASTOPEN", 0x2000_0000L),
          Map.entry("POLLRDNORM", 0x40L),
          Map.entry("POLLWRNORM", 0x100L),
          Map.entry("EPOLLIN", 1L),
          Map.entry("EPOLLPRI", 2L),
          Map.entry("EPOLLOUT", 4L),
          Map.entry("EPOLLERR", 8L),
          Map.entry("EPOLLHUP", 0x10L),
          Map.entry("EPOLLRDNORM", 0x40L),
          Map.entry("EPOLLWRNORM", 0x100L),
          Map.entry("EPOLLRDHUP", 0x2000L),
          Map.entry("EPOLLONESHOT", 1L << 30),
          Map.entry("EPOLLET", 1L << 31),
          Map.entry("EPOLL_CLOEXEC", 0x80000L),
          Map.entry("O_CLOEXEC", 0x80000L),
          Map.entry("SOCK_STREAM", 1L),
          Map.entry("SOCK_DGRAM", 2L),
          Map.entry("SOCK_NONBLOCK", 0x800L),
          Map.entry("SOCK_CLOEXEC", 0x80000L),
          Map.entry("AF_UNSPEC", 0L),
          Map.entry("AF_INET", 2L),
          Map.entry("AF_INET6", 10L),
          Map.entry("SOMAXCONN", 4096L),
          Map.entry("TCPI_OPT_TIMESTAMPS", 1L),
          Map.entry("TCPI_OPT_SACK", 2L),
          Map.entry("TCPI_OPT_WSCALE", 4L),
          Map.entry("TCPI_OPT_ECN", 8L),
          Map.entry("TCPI_OPT_ECN_SEEN", 16L),
          Map.entry("TCPI_OPT_SYN_DATA", 32L),
          Map.entry("TCP_CA_Open", 0L),
          Map.entry("TCP_CA_Disorder", 1L),
          Map.entry("TCP_CA_CWR", 2L),
          Map.entry("TCP_CA_Recovery", 3L),
          Map.entry("TCP_CA_Loss", 4L),
          Map.entry("IP_PMTUDISC_DONT", 0L),
          Map.entry("IP_PMTUDISC_WANT", 1L),
          Map.entry("IP_PMTUDISC_DO", 2L),
          Map.entry("IP_PMTUDISC_PROBE", 3L),
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
          Map.entry("ENOENT", 2L),
          Map.entry("EBADF", 9L),
          Map.entry("ENOMEM", 12L),
          Map.entry("EACCES", 13L),
          Map.entry("EEXIST", 17L),
          Map.entry("ENOTSOCK", 88L),
          Map.entry("EDESTADDRREQ", 89L),
          Map.entry("EMSGSIZE", 90L),
          Map.entry("ENOPROTOOPT", 92L),
          Map.entry("EPROTO", 71L),
          Map.entry("EOPNOTSUPP", 95L),
          Map.entry("EAFNOSUPPORT", 97L),
          Map.entry("EHOSTDOWN", 112L),
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
        && List.of("htons", "htonl", "ntohs", "ntohl").contains(applied.function())
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
    return text(events, List.of("POLLIN", "POLLOUT", "POLLERR", "POLLHUP", "POLLRDHUP"));
  }

  /** The symbols of a set of {@code MSG_} flags. */
  static String messageFlags(long flags) {
    return text(
        flags,
        List.of(
            "MSG_OOB",
            "MSG_PEEK",
            "MSG_TRUNC",
            "MSG_EOR",
            "MSG_WAITALL",
            "MSG_ERRQUEUE",
            "MSG_MORE",
            "MSG_ZEROCOPY",
            "MSG_FASTOPEN"));
  }

  private static String text(long bits, List<String> names) {
    String text =
        names.stream()
            .filter(name -> (bits & NUMBERS.getOrDefault(name, 0L)) != 0)
            .collect(Collectors.joining("|"));
    return text.isEmpty() ? Long.toString(bits) : text;
  }
}

package io.tapstack.cli;

import io.tapstack.cli.http.HttpService;
import io.tapstack.cli.service.StandardServices;
import io.tapstack.cli.service.TcpServer;
import io.tapstack.cli.service.TcpService;
import io.tapstack.cli.service.UdpServer;
import io.tapstack.cli.service.UdpService;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The services of {@code serve}, running on a network. */
final class Services implements AutoCloseable {
  /** The services with their ports. */
  enum Name {
    ECHO(7),
    DISCARD(9),
    CHARGEN(19),
    DAYTIME(13),
    TIME(37),
    HTTP(80);

    private final int port;

    Name(int port) {
      this.port = port;
    }

    int port() {
      return port;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How many connections one service has at once; more wait in the backlog. */
  private static final int CONNECTIONS = 512;

  /** A peer that neither speaks nor listens for so long is given up. */
  private static final int IDLE_MILLIS = 60_000;

  private final List<AutoCloseable> servers = new ArrayList<>();

  private Services() {}

  /**
   * Starts services.
   *
   * @param statusPage makes the page that http serves at {@code /}
   */
  static Services start(Network network, Supplier<String> statusPage, Set<Name> names)
      throws IOException {
    Services services = new Services();
    Clock clock = Clock.systemUTC();
    try {
      for (Name name : names) {
        TcpService tcp = tcp(name, statusPage, clock);
        services.servers.add(
            TcpServer.start(
                name.text(), network.listen(name.port(), IDLE_MILLIS), tcp, CONNECTIONS));
        UdpService udp = udp(name, clock);
        if (udp != null) {
          services.servers.add(
              UdpServer.start(name.text(), network.datagrams(name.port(), 0), udp));
        }
      }
      return services;
    } catch (IOException | RuntimeException e) {
      services.close();
      throw e;
    }
  }

  /** Starts services on this project's stack, which is closed if that fails. */
  static Services startOrClose(StackNetwork stack, Set<Name> names) throws IOException {
    try {
      return start(stack, stack::statusPage, names);
    } catch (IOException | RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  private static TcpService tcp(Name name, Supplier<String> statusPage, Clock clock) {
    return switch (name) {
      case ECHO -> StandardServices::echo;
      case DISCARD -> StandardServices::discard;
      case CHARGEN -> StandardServices::chargen;
      case DAYTIME ->
          stream -> {
            byte[] line = StandardServices.daytime(clock);
            stream.write(line, 0, line.length);
          };
      case TIME ->
          stream -> {
            byte[] time = StandardServices.time(clock);
            stream.write(time, 0, time.length);
          };
      case HTTP -> new HttpService(statusPage, clock);
    };
  }

  private static @Nullable UdpService udp(Name name, Clock clock) {
    return switch (name) {
      case ECHO -> StandardServices::echo;
      case DISCARD -> StandardServices::discard;
      case CHARGEN -> StandardServices.chargen(new SecureRandom());
      case DAYTIME -> (datagram, length, answer) -> copy(StandardServices.daytime(clock), answer);
      case TIME -> (datagram, length, answer) -> copy(StandardServices.time(clock), answer);
      case HTTP -> null;
    };
  }

  private static int copy(byte[] from, byte[] answer) {
    System.arraycopy(from, 0, answer, 0, from.length);
    return from.length;
  }

  @Override
  public void close() {
    Shutdown.closeAll(servers);
  }
}

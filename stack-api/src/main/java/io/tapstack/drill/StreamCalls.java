package io.tapstack.drill;

import io.tapstack.base.Result;
import io.tapstack.tcp.PortBinding;
import io.tapstack.tcp.Tcp;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpState;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.IpAddress;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls on TCP sockets, mapped to the core. */
final class StreamCalls {
  /** The most that Linux lets wait, by default. */
  private static final int SOMAXCONN = 4096;

  /** Reads and writes go in pieces of this size, so that no script makes us hold more. */
  private static final int PIECE = 64 * 1024;

  private final Bench bench;
  private final Tcp tcp;
  private final Settings settings;
  private final Knobs knobs;
  private final Addresses addresses;
  private final Flows flows;
  private final byte[] piece = new byte[PIECE];

  StreamCalls(Bench bench, Settings settings, Knobs knobs, Addresses addresses, Flows flows) {
    this.bench = bench;
    tcp = bench.stack().tcp();
    this.settings = settings;
    this.knobs = knobs;
    this.addresses = addresses;
    this.flows = flows;
  }

  /**
   * Begins a call.
   *
   * @param named gives an accepted socket its name
   */
  Operation start(StreamSocket s, Script.Call call, Function<StreamSocket, Outcome> named) {
    List<Value> a = call.arguments();
    return switch (call.name()) {
      case "bind" -> Sockets.done(bind(s, a.get(1)));
      case "listen" -> Sockets.done(listen(s, (int) Constants.integer(a.get(1))));
      case "accept", "accept4" -> accept(s, call, named);
      case "connect" -> connect(s, a.get(1));
      case "read", "readv", "recv", "recvfrom", "recvmsg" -> reading(s, Transfer.of(call));
      case "write", "writev", "send", "sendto", "sendmsg" -> writing(s, Transfer.of(call));
      case "shutdown" -> Sockets.done(shutdown(s, Constants.integer(a.get(1))));
      case "getsockname" -> Sockets.done(localName(s, a.get(1)));
      case "getpeername" -> Sockets.done(peerName(s, a.get(1)));
      default -> throw new Unsupported("call " + call.name() + " on a TCP socket");
    };
  }

  // ---- opening ----

  private Outcome bind(StreamSocket s, Value address) {
    if (s.binding != null) {
      return Outcome.error("EINVAL");
    }
    if (!addresses.isOurs(address)) {
      return Outcome.error("EAFNOSUPPORT");
    }
    return bind(
        s, addresses.host(address, addresses.any()), addresses.port(address, settings.localPort()));
  }

  private Outcome bind(StreamSocket s, IpAddress host, int port) {
    Result result = tcp.bindable(host, port, s.reuseAddress);
    if (result != Result.OK) {
      return Outcome.error(Constants.errno(result));
    }
    s.binding = tcp.bind(host, port, s.reuseAddress);
    return Outcome.of(0);
  }

  private Outcome listen(StreamSocket s, int backlog) {
    if (s.connection != null) {
      return Outcome.error("EINVAL");
    }
    if (s.listener != null) {
      return Outcome.of(0);
    }
    if (s.binding == null) {
      bind(s, addresses.any(), 0);
    }
    PortBinding binding = s.binding;
    if (binding == null) {
      return Outcome.error("EADDRINUSE");
    }
    // In Linux one connection more may wait than was asked for, and a negative number is a large
    // one.
    int waiting = backlog < 0 ? SOMAXCONN : Math.min(backlog, SOMAXCONN);
    s.listener = tcp.listen(binding, waiting + 1, s::changed);
    flows.open(false, binding.port(), settings.remotePort());
    return Outcome.of(0);
  }

  private Operation accept(
      StreamSocket s, Script.Call call, Function<StreamSocket, Outcome> named) {
    if (s.listener == null) {
      return Sockets.done(Outcome.error("EINVAL"));
    }
    List<Value> a = call.arguments();
    String flags = call.name().equals("accept4") && a.size() > 3 ? a.get(3).toString() : "";
    return waiting(
        s,
        s.receiveTimeout,
        false,
        () -> {
          TcpConnection connection = s.listener == null ? null : s.listener.accept();
          if (connection == null) {
            return null;
          }
          StreamSocket accepted = s.accepted(connection, knobs);
          accepted.nonBlocking(flags.contains("SOCK_NONBLOCK"));
          accepted.flow = flows.find(false, connection.localPort(), connection.remotePort());
          Outcome outcome = named.apply(accepted);
          String differs =
              addresses.difference(
                  a.size() > 1 ? a.get(1) : null,
                  connection.remoteAddress(),
                  connection.remotePort());
          return differs == null ? outcome : new Outcome(outcome.value(), null, differs);
        });
  }

  private Operation connect(StreamSocket s, Value address) {
    if (s.listener != null) {
      return Sockets.done(Outcome.error("EISCONN"));
    }
    if (!addresses.isOurs(address)) {
      return Sockets.done(Outcome.error("EAFNOSUPPORT"));
    }
    if (s.connection == null) {
      int remotePort = addresses.port(address, settings.remotePort());
      IpAddress host = addresses.host(address, settings.remote());
      TcpConnection c = tcp.connect(s.binding, host, remotePort, s::changed);
      s.connection = c;
      s.apply();
      s.flow = flows.open(false, c.localPort(), remotePort);
      return s.isNonBlocking() && s.isConnecting()
          ? Sockets.done(Outcome.error("EINPROGRESS"))
          : connected(s);
    }
    if (s.isConnecting()) {
      return s.isNonBlocking() ? Sockets.done(Outcome.error("EALREADY")) : connected(s);
    }
    return Sockets.done(s.connectTold ? Outcome.error("EISCONN") : finished(s));
  }

  private Operation connected(StreamSocket s) {
    return Operation.within(
        bench,
        s.sendTimeout == 0 ? Long.MAX_VALUE : s.sendTimeout,
        () -> s.isConnecting() ? null : finished(s),
        Outcome.error("EINPROGRESS"));
  }

  private static Outcome finished(StreamSocket s) {
    String error = s.takeError();
    s.connectTold = true;
    return error == null ? Outcome.of(0) : Outcome.error(error);
  }

  // ---- data ----

  /** Tries until there is an outcome, unless the socket or the call must not wait. */
  private Operation waiting(
      StreamSocket s, long timeout, boolean never, Supplier<@Nullable Outcome> attempt) {
    long wait = s.isNonBlocking() || never ? 0 : timeout == 0 ? Long.MAX_VALUE : timeout;
    return Operation.within(bench, wait, attempt, Outcome.error("EAGAIN"));
  }

  private Operation reading(StreamSocket s, Transfer transfer) {
    transfer.allow(Transfer.DONTWAIT | Transfer.WAITALL | Transfer.TRUNC);
    boolean all = transfer.has(Transfer.WAITALL);
    long[] read = {0};
    return waiting(
        s,
        s.receiveTimeout,
        transfer.has(Transfer.DONTWAIT),
        () -> {
          TcpConnection c = s.connection;
          if (c == null) {
            return Outcome.error("ENOTCONN");
          }
          int n = take(s, c, transfer.length() - read[0]);
          read[0] += Math.max(n, 0);
          if (read[0] > 0 && (!all || read[0] == transfer.length() || n < 0)) {
            return Outcome.of(read[0]);
          }
          if (read[0] > 0) {
            return null;
          }
          String error = s.takeError();
          if (error != null) {
            return Outcome.error(error);
          }
          return n < 0 || s.readShut || transfer.length() == 0 ? Outcome.of(0) : null;
        });
  }

  /** Reads what is there, and looks whether it is what the peer sent there. */
  private int take(StreamSocket s, TcpConnection c, long most) {
    int taken = 0;
    int n = 0;
    while (taken < most && (n = c.read(piece, 0, (int) Math.min(PIECE, most - taken))) > 0) {
      Flow flow = s.flow;
      if (flow != null) {
        flow.checkRead(s.bytesRead, piece, n);
      }
      s.bytesRead += n;
      taken += n;
    }
    if (taken > 0) {
      c.consumed();
      return taken;
    }
    return n;
  }

  private Operation writing(StreamSocket s, Transfer transfer) {
    transfer.allow(Transfer.DONTWAIT);
    if (transfer.address() != null && s.connection == null) {
      throw new Unsupported(transfer.call() + " with an address on an unconnected TCP socket");
    }
    boolean waits = !s.isNonBlocking() && !transfer.has(Transfer.DONTWAIT);
    long[] written = {0};
    return waiting(
        s,
        s.sendTimeout,
        !waits,
        () -> {
          TcpConnection c = s.connection;
          String error = s.takeError();
          if (error != null) {
            return Outcome.error(error);
          }
          if (c == null || !c.acceptsWrites()) {
            return Outcome.error("EPIPE");
          }
          if (!s.isConnecting()) {
            written[0] += give(s, c, transfer.length() - written[0]);
          }
          boolean some = written[0] > 0 && !waits;
          return written[0] == transfer.length() || some ? Outcome.of(written[0]) : null;
        });
  }

  private static long give(StreamSocket s, TcpConnection c, long most) {
    long given = 0;
    while (given < most) {
      int length = (int) Math.min(PIECE, most - given);
      byte[] source = Bytes.pattern(Flow.FIRST_WRITTEN + s.bytesWritten, length).toArray();
      int n = c.write(source, 0, length);
      if (n == 0) {
        break;
      }
      given += n;
      s.bytesWritten += n;
    }
    c.flush();
    return given;
  }

  // ---- ending ----

  private static Outcome shutdown(StreamSocket s, long how) {
    TcpConnection c = s.connection;
    if (how < 0 || how > 2) {
      return Outcome.error("EINVAL");
    }
    if (c == null || c.state() == TcpState.CLOSED) {
      return Outcome.error("ENOTCONN");
    }
    s.readShut |= how != 1;
    if (how != 0) {
      c.shutdownOutput();
    }
    return Outcome.of(0);
  }

  // ---- names ----

  private Outcome localName(StreamSocket s, Value expected) {
    TcpConnection c = s.connection;
    PortBinding binding = s.binding;
    IpAddress host =
        c != null ? c.localAddress() : binding != null ? binding.address() : addresses.any();
    int port = c != null ? c.localPort() : binding != null ? binding.port() : 0;
    return new Outcome(0, null, addresses.difference(expected, host, port));
  }

  private Outcome peerName(StreamSocket s, Value expected) {
    TcpConnection c = s.connection;
    if (c == null || !c.isConnected()) {
      return Outcome.error("ENOTCONN");
    }
    return new Outcome(0, null, addresses.difference(expected, c.remoteAddress(), c.remotePort()));
  }
}

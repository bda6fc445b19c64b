package io.tapstack.drill;

import io.tapstack.base.Result;
import io.tapstack.tcp.PortBinding;
import io.tapstack.tcp.Tcp;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpEvents;
import io.tapstack.tcp.TcpState;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.IpAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Socket calls of scripts on TCP sockets, mapped to the core. A script's descriptors are names: the
 * number that a call is expected to return is the name of what it made.
 */
final class Sockets {
  private static final int MAX_LENGTH = 1 << 28;
  private static final long MSG_DONTWAIT = 0x40;
  private static final long MSG_NOSIGNAL = 0x4000;

  private final Bench bench;
  private final Tcp tcp;
  private final Settings settings;
  private final Knobs knobs;
  private final SocketOptions options;
  private final Consumer<Flow> opened;
  private final Map<Long, Socket> sockets = new HashMap<>();
  private @Nullable Socket latest;

  /**
   * Sockets of a stack.
   *
   * @param opened hears of each pair of ports that the script's packets belong to from then on
   */
  Sockets(Bench bench, Settings settings, Knobs knobs, Consumer<Flow> opened) {
    this.bench = bench;
    tcp = bench.stack().tcp();
    this.settings = settings;
    this.knobs = knobs;
    options = new SocketOptions();
    this.opened = opened;
  }

  /** The socket that was made last, which assertions are about. */
  @Nullable Socket latest() {
    return latest;
  }

  /** Begins a call. */
  Operation start(Script.Call call) {
    List<Value> a = call.arguments();
    String name = call.name();
    if (name.equals("socket")) {
      return socket(a, call.result());
    }
    if (name.equals("poll")) {
      return new Poll(a);
    }
    switch (name) {
      case "bind",
          "listen",
          "accept",
          "connect",
          "read",
          "recv",
          "recvfrom",
          "write",
          "send",
          "sendto",
          "shutdown",
          "close",
          "setsockopt",
          "getsockopt",
          "fcntl" -> {}
      default -> throw new Unsupported("call " + name);
    }
    if (a.isEmpty()) {
      throw new Unsupported("syntax: " + name + " without a descriptor");
    }
    Socket s = sockets.get(Constants.integer(a.get(0)));
    if (s == null) {
      return done(Outcome.error("EBADF"));
    }
    need(call, name.equals("close") ? 1 : 2);
    return switch (name) {
      case "bind" -> done(bind(s, a.get(1)));
      case "listen" -> done(listen(s, (int) Constants.integer(a.get(1))));
      case "accept" -> () -> accept(s, call.result());
      case "connect" -> connect(s, a.get(1));
      case "read" -> reading(s, length(call, 2), 0);
      case "recv", "recvfrom" -> reading(s, length(call, 2), flags(call, 3));
      case "write" -> writing(s, length(call, 2), 0);
      case "send", "sendto" -> writing(s, length(call, 2), flags(call, 3));
      case "shutdown" -> done(shutdown(s, Constants.integer(a.get(1))));
      case "close" -> done(close(Constants.integer(a.get(0)), s));
      case "setsockopt" -> done(setOption(s, call));
      case "getsockopt" -> done(getOption(s, call));
      default -> done(control(s, call));
    };
  }

  private static void need(Script.Call call, int count) {
    if (call.arguments().size() < count) {
      throw new Unsupported(
          "syntax: " + call.name() + " with " + call.arguments().size() + " arguments");
    }
  }

  private static Operation done(Outcome outcome) {
    return () -> outcome;
  }

  private static int length(Script.Call call, int index) {
    need(call, index + 1);
    long length = Constants.integer(call.arguments().get(index));
    if (length < 0 || length > MAX_LENGTH) {
      throw new Unsupported(call.name() + " of " + length + " bytes");
    }
    return (int) length;
  }

  private static long flags(Script.Call call, int index) {
    need(call, index + 1);
    long flags = Constants.integer(call.arguments().get(index));
    if ((flags & ~(MSG_DONTWAIT | MSG_NOSIGNAL)) != 0) {
      throw new Unsupported(call.name() + " flags " + call.arguments().get(index));
    }
    return flags;
  }

  // ---- making and naming ----

  private Operation socket(List<Value> a, Value result) {
    if (a.isEmpty()) {
      throw new Unsupported("syntax: socket without a family");
    }
    String family = a.get(0).toString();
    String type = a.size() > 1 ? a.get(1).toString() : "...";
    if (!type.contains("SOCK_STREAM") && !type.equals("...")) {
      throw new Unsupported("socket type " + type);
    }
    boolean six = !settings.local().isV4();
    if (!family.equals("...") && !family.equals(six ? "AF_INET6" : "AF_INET")) {
      throw new Unsupported("socket family " + family + " over " + (six ? "IPv6" : "IPv4"));
    }
    Socket s = new Socket(knobs);
    s.nonBlocking = type.contains("SOCK_NONBLOCK");
    return done(named(s, result));
  }

  private Outcome named(Socket s, Value result) {
    long name = 3;
    if (result instanceof Value.Num number && number.value() >= 0) {
      name = number.value();
    }
    if (sockets.containsKey(name)) {
      throw new Mismatch(
          "a new descriptor " + name, "descriptor " + name + " is still open in the script");
    }
    sockets.put(name, s);
    latest = s;
    return Outcome.of(name);
  }

  private Outcome bind(Socket s, Value address) {
    if (s.binding != null) {
      return Outcome.error("EINVAL");
    }
    return bind(s, port(address, settings.localPort()));
  }

  private Outcome bind(Socket s, int port) {
    IpAddress any = settings.local().isV4() ? IpAddress.ANY_V4 : IpAddress.ANY_V6;
    Result result = tcp.bindable(any, port, s.reuseAddress);
    if (result != Result.OK) {
      return Outcome.error(Constants.errno(result));
    }
    s.binding = tcp.bind(any, port, s.reuseAddress);
    return Outcome.of(0);
  }

  private static int port(Value address, int otherwise) {
    if (address instanceof Value.Struct struct) {
      Value port = struct.fields().getOrDefault("sin_port", struct.fields().get("sin6_port"));
      return port == null ? otherwise : (int) Constants.integer(port);
    }
    return otherwise;
  }

  private Outcome listen(Socket s, int backlog) {
    if (s.connection != null) {
      return Outcome.error("EINVAL");
    }
    if (s.listener != null) {
      return Outcome.of(0);
    }
    if (s.binding == null) {
      bind(s, 0);
    }
    PortBinding binding = s.binding;
    if (binding == null) {
      return Outcome.error("EADDRINUSE");
    }
    s.listener = tcp.listen(binding, backlog, TcpEvents.NONE);
    opened.accept(flow(binding.port(), settings.remotePort()));
    return Outcome.of(0);
  }

  private Flow flow(int localPort, int remotePort) {
    return new Flow(localPort, remotePort, !settings.local().isV4());
  }

  private @Nullable Outcome accept(Socket s, Value result) {
    if (s.listener == null) {
      return Outcome.error("EINVAL");
    }
    TcpConnection connection = s.listener.accept();
    if (connection == null) {
      return s.nonBlocking ? Outcome.error("EAGAIN") : null;
    }
    return named(s.accepted(connection, knobs), result);
  }

  private Operation connect(Socket s, Value address) {
    if (s.listener != null) {
      return done(Outcome.error("EISCONN"));
    }
    if (s.connection == null) {
      int remotePort = port(address, settings.remotePort());
      TcpConnection c = tcp.connect(s.binding, settings.remote(), remotePort, TcpEvents.NONE);
      s.connection = c;
      s.apply();
      opened.accept(flow(c.localPort(), remotePort));
      return s.nonBlocking && s.isConnecting()
          ? done(Outcome.error("EINPROGRESS"))
          : () -> connected(s);
    }
    if (s.isConnecting()) {
      return s.nonBlocking ? done(Outcome.error("EALREADY")) : () -> connected(s);
    }
    return done(s.connectTold ? Outcome.error("EISCONN") : finished(s));
  }

  private static @Nullable Outcome connected(Socket s) {
    return s.isConnecting() ? null : finished(s);
  }

  private static Outcome finished(Socket s) {
    String error = s.takeError();
    s.connectTold = true;
    return error == null ? Outcome.of(0) : Outcome.error(error);
  }

  // ---- data ----

  private static Operation reading(Socket s, int length, long flags) {
    boolean waits = !s.nonBlocking && (flags & MSG_DONTWAIT) == 0;
    byte[] target = new byte[Math.max(length, 0)];
    return () -> {
      TcpConnection c = s.connection;
      if (c == null) {
        return Outcome.error("ENOTCONN");
      }
      int n = c.read(target, 0, target.length);
      if (n > 0) {
        c.consumed();
        return Outcome.of(n);
      }
      String error = s.takeError();
      if (error != null) {
        return Outcome.error(error);
      }
      if (n < 0 || s.readShut || target.length == 0) {
        return Outcome.of(0);
      }
      return waits ? null : Outcome.error("EAGAIN");
    };
  }

  private static Operation writing(Socket s, int length, long flags) {
    boolean waits = !s.nonBlocking && (flags & MSG_DONTWAIT) == 0;
    byte[] source = Bytes.pattern(0, length).toArray();
    int[] written = {0};
    return () -> {
      TcpConnection c = s.connection;
      String error = s.takeError();
      if (error != null) {
        return Outcome.error(error);
      }
      if (c == null || !c.acceptsWrites()) {
        return Outcome.error("EPIPE");
      }
      if (!s.isConnecting()) {
        int n = c.write(source, written[0], length - written[0]);
        c.flush();
        written[0] += n;
      }
      if (written[0] == length || written[0] > 0 && !waits) {
        return Outcome.of(written[0]);
      }
      return waits ? null : Outcome.error("EAGAIN");
    };
  }

  // ---- ending ----

  private static Outcome shutdown(Socket s, long how) {
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

  private Outcome close(long name, Socket s) {
    sockets.remove(name);
    s.close();
    return Outcome.of(0);
  }

  // ---- options ----

  private Outcome setOption(Socket s, Script.Call call) {
    need(call, 4);
    return options.set(
        s, call.arguments().get(1).toString(), call.arguments().get(2), call.arguments().get(3));
  }

  private Outcome getOption(Socket s, Script.Call call) {
    need(call, 4);
    return options.get(
        s, call.arguments().get(1).toString(), call.arguments().get(2), call.arguments().get(3));
  }

  private static Outcome control(Socket s, Script.Call call) {
    String command = call.arguments().get(1).toString();
    switch (command) {
      case "F_GETFL" -> {
        return Outcome.of(s.nonBlocking ? 0x802 : 2);
      }
      case "F_SETFL" -> {
        need(call, 3);
        s.nonBlocking = (Constants.integer(call.arguments().get(2)) & 0x800) != 0;
        return Outcome.of(0);
      }
      default -> throw new Unsupported("fcntl " + command);
    }
  }

  /** {@code poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, timeout)}. */
  private final class Poll implements Operation {
    private final List<Value> files;
    private final long deadline;

    Poll(List<Value> arguments) {
      if (arguments.size() != 3 || !(arguments.get(0) instanceof Value.Items items)) {
        throw new Unsupported("syntax: poll without an array of files");
      }
      files = items.values();
      long timeout = Constants.integer(arguments.get(2));
      deadline = timeout < 0 ? Long.MAX_VALUE : bench.now() + timeout * 1_000_000;
    }

    @Override
    public long deadline() {
      return deadline;
    }

    @Override
    public @Nullable Outcome attempt() {
      int ready = 0;
      String output = null;
      for (Value file : files) {
        if (!(file instanceof Value.Struct struct)) {
          throw new Unsupported("poll of " + file);
        }
        long events = field(struct, "events");
        Socket s = sockets.get(field(struct, "fd"));
        long seen = s == null ? 0x20 : s.ready() & (events | 0x18);
        ready += seen != 0 ? 1 : 0;
        Value expected = struct.fields().get("revents");
        if (expected != null
            && !(expected instanceof Value.Any)
            && Constants.integer(expected) != seen) {
          output = "revents " + Constants.pollText(seen);
        }
      }
      return ready == 0 && bench.now() < deadline ? null : new Outcome(ready, null, output);
    }

    private static long field(Value.Struct struct, String name) {
      Value value = struct.fields().get(name);
      if (value == null) {
        throw new Unsupported("syntax: poll without " + name);
      }
      return Constants.integer(value);
    }
  }
}

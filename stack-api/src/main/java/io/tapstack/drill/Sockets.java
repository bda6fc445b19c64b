package io.tapstack.drill;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors of a script, and the calls that all kinds of them share. Descriptors are names:
 * the number that a call is expected to return is the name of what it made.
 */
final class Sockets {
  private static final int MAX_OPEN = 10_000;
  private static final long NONBLOCK = 0x800;

  private final Bench bench;
  private final Settings settings;
  private final Knobs knobs;
  private final SocketOptions options;
  private final Addresses addresses;
  private final StreamCalls streams;
  private final DatagramCalls datagrams;
  private final Map<Long, Descriptor> files = new HashMap<>();
  private @Nullable StreamSocket latest;

  /** Sockets of a stack; each connection that they open becomes a flow. */
  Sockets(Bench bench, Settings settings, Knobs knobs, Flows flows) {
    this.bench = bench;
    this.settings = settings;
    this.knobs = knobs;
    options = new SocketOptions(bench);
    addresses = new Addresses(settings);
    streams = new StreamCalls(bench, settings, knobs, addresses, flows);
    datagrams = new DatagramCalls(bench, settings, addresses, flows);
  }

  /** The socket that was made last, which assertions are about. */
  @Nullable StreamSocket latest() {
    return latest;
  }

  @Nullable Descriptor file(long name) {
    return files.get(name);
  }

  /** Begins a call. */
  Operation start(Script.Call call) {
    List<Value> a = call.arguments();
    switch (call.name()) {
      case "socket" -> {
        return done(socket(call));
      }
      case "epoll_create", "epoll_create1" -> {
        need(call, 1);
        return done(named(new EventPoll(this::file), call.result()));
      }
      case "poll" -> {
        need(call, 3);
        return new Poll(this::file, bench, a.get(0), Constants.integer(a.get(2)));
      }
      default -> {}
    }
    if (a.isEmpty() || !KNOWN.contains(call.name())) {
      throw new Unsupported("call " + call.name());
    }
    long name = Constants.integer(a.get(0));
    Descriptor file = files.get(name);
    if (file == null) {
      return done(Outcome.error("EBADF"));
    }
    if (call.name().equals("close")) {
      return close(name, file);
    }
    need(call, 2);
    return switch (call.name()) {
      case "fcntl" -> done(control(file, call));
      case "epoll_ctl", "epoll_wait", "epoll_pwait" -> event(file, call);
      case "ioctl" -> done(ioctl(file, call));
      case "setsockopt" -> {
        need(call, 4);
        yield done(options.set(file, a.get(1).toString(), a.get(2), a.get(3)));
      }
      case "getsockopt" -> {
        need(call, 4);
        yield done(options.get(file, a.get(1).toString(), a.get(2), a.get(3)));
      }
      default ->
          file instanceof StreamSocket stream
              ? streams.start(stream, call, accepted -> named(accepted, call.result()))
              : file instanceof DatagramSocket datagram
                  ? datagrams.start(datagram, call)
                  : done(Outcome.error("ENOTSOCK"));
    };
  }

  private static final List<String> KNOWN =
      List.of(
          "bind",
          "listen",
          "accept",
          "accept4",
          "connect",
          "read",
          "readv",
          "recv",
          "recvfrom",
          "recvmsg",
          "write",
          "writev",
          "send",
          "sendto",
          "sendmsg",
          "shutdown",
          "close",
          "setsockopt",
          "getsockopt",
          "getsockname",
          "getpeername",
          "fcntl",
          "ioctl",
          "epoll_ctl",
          "epoll_wait",
          "epoll_pwait");

  static void need(Script.Call call, int count) {
    if (call.arguments().size() < count) {
      throw new Unsupported(
          "syntax: " + call.name() + " with " + call.arguments().size() + " arguments");
    }
  }

  static Operation done(Outcome outcome) {
    return () -> outcome;
  }

  // ---- making and naming ----

  private Outcome socket(Script.Call call) {
    need(call, 2);
    String family = call.arguments().get(0).toString();
    String type = call.arguments().get(1).toString();
    if (!family.equals("...") && !family.equals(settings.family())) {
      throw new Unsupported("socket family " + family + " over " + settings.version());
    }
    Value protocol = call.arguments().size() > 2 ? call.arguments().get(2) : new Value.Any();
    if (protocol.toString().equals("IPPROTO_MPTCP")) {
      throw new Unsupported("socket protocol IPPROTO_MPTCP");
    }
    Descriptor made;
    if (type.equals("...") || type.contains("SOCK_STREAM")) {
      made = new StreamSocket(knobs);
    } else if (type.contains("SOCK_DGRAM")) {
      made = new DatagramSocket();
    } else {
      throw new Unsupported("socket type " + type);
    }
    made.nonBlocking(type.contains("SOCK_NONBLOCK"));
    return named(made, call.result());
  }

  private Outcome named(Descriptor made, Value result) {
    long name = 3;
    if (result instanceof Value.Num number && number.value() >= 0) {
      name = number.value();
    } else {
      while (files.containsKey(name)) {
        name++;
      }
    }
    if (files.containsKey(name)) {
      throw new Mismatch(
          "a new descriptor " + name, "descriptor " + name + " is still open in the script");
    }
    if (files.size() == MAX_OPEN) {
      throw new Unsupported("more than " + MAX_OPEN + " open descriptors");
    }
    files.put(name, made);
    if (made instanceof StreamSocket stream) {
      latest = stream;
    }
    return Outcome.of(name);
  }

  private Operation close(long name, Descriptor file) {
    files.remove(name);
    file.close();
    return done(Outcome.of(0));
  }

  // ---- what all descriptors have ----

  private static Outcome control(Descriptor file, Script.Call call) {
    String command = call.arguments().get(1).toString();
    switch (command) {
      case "F_GETFL" -> {
        return Outcome.of(file.isNonBlocking() ? NONBLOCK | 2 : 2);
      }
      case "F_SETFL" -> {
        need(call, 3);
        file.nonBlocking((Constants.integer(call.arguments().get(2)) & NONBLOCK) != 0);
        return Outcome.of(0);
      }
      default -> throw new Unsupported("fcntl " + command);
    }
  }

  private Outcome ioctl(Descriptor file, Script.Call call) {
    need(call, 3);
    String request = call.arguments().get(1).toString();
    Value expected = call.arguments().get(2);
    long seen;
    switch (request) {
      case "SIOCINQ", "FIONREAD", "TIOCINQ" -> {
        if (!(file instanceof StreamSocket stream)) {
          throw new Unsupported("ioctl " + request + " of a UDP socket");
        }
        if (stream.listener != null) {
          return Outcome.error("EINVAL");
        }
        seen = stream.connection == null ? 0 : stream.connection.readable();
      }
      case "SIOCOUTQ", "TIOCOUTQ" -> {
        if (!(file instanceof StreamSocket stream)) {
          throw new Unsupported("ioctl " + request + " of a UDP socket");
        }
        seen = stream.queued();
      }
      case "FIONBIO" -> {
        file.nonBlocking(Constants.integer(expected) != 0);
        return Outcome.of(0);
      }
      default -> throw new Unsupported("ioctl " + request);
    }
    boolean told = !(expected instanceof Value.Any);
    return told && Constants.integer(expected) != seen
        ? new Outcome(0, null, request + " " + seen)
        : Outcome.of(0);
  }

  private Operation event(Descriptor file, Script.Call call) {
    need(call, 4);
    if (!(file instanceof EventPoll events)) {
      return done(Outcome.error("EINVAL"));
    }
    List<Value> a = call.arguments();
    if (call.name().equals("epoll_ctl")) {
      return done(events.control(a.get(1).toString(), Constants.integer(a.get(2)), a.get(3)));
    }
    long most = Constants.integer(a.get(2));
    if (most < 1) {
      return done(Outcome.error("EINVAL"));
    }
    return Operation.within(
        bench,
        Poll.timeout(Constants.integer(a.get(3))),
        () -> events.poll(a.get(1), most),
        Outcome.of(0));
  }
}

package io.tapstack.drill;

import io.tapstack.base.Result;
import io.tapstack.link.Packet;
import io.tapstack.udp.Udp;
import io.tapstack.udp.UdpSocket;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls on UDP sockets, mapped to the core. */
final class DatagramCalls {
  private static final int MAX_DATAGRAM = 65_527;

  private final Bench bench;
  private final Udp udp;
  private final Settings settings;
  private final Addresses addresses;
  private final Flows flows;

  DatagramCalls(Bench bench, Settings settings, Addresses addresses, Flows flows) {
    this.bench = bench;
    udp = bench.stack().udp();
    this.settings = settings;
    this.addresses = addresses;
    this.flows = flows;
  }

  /** Begins a call. */
  Operation start(DatagramSocket s, Script.Call call) {
    List<Value> a = call.arguments();
    return switch (call.name()) {
      case "bind" -> Sockets.done(bind(s, a.get(1)));
      case "connect" -> Sockets.done(connect(s, a.get(1)));
      case "read", "readv", "recv", "recvfrom", "recvmsg" -> reading(s, Transfer.of(call));
      case "write", "writev", "send", "sendto", "sendmsg" ->
          Sockets.done(write(s, Transfer.of(call)));
      case "getsockname" -> Sockets.done(localName(s, a.get(1)));
      case "getpeername" -> Sockets.done(peerName(s, a.get(1)));
      case "listen", "accept", "accept4" -> Sockets.done(Outcome.error("EOPNOTSUPP"));
      default -> throw new Unsupported("call " + call.name() + " on a UDP socket");
    };
  }

  private Outcome bind(DatagramSocket s, Value address) {
    if (s.socket != null) {
      return Outcome.error("EINVAL");
    }
    Outcome outcome =
        bind(
            s,
            addresses.host(address, addresses.any()),
            addresses.port(address, settings.localPort()));
    UdpSocket socket = s.socket;
    if (socket != null) {
      flows.open(true, socket.localPort(), settings.remotePort());
    }
    return outcome;
  }

  private Outcome bind(DatagramSocket s, IpAddress host, int port) {
    Result result = udp.bindable(host, port);
    if (result != Result.OK) {
      return Outcome.error(Constants.errno(result));
    }
    s.socket = udp.bind(host, port, s::changed);
    return Outcome.of(0);
  }

  private Outcome connect(DatagramSocket s, Value address) {
    if (s.socket == null) {
      Outcome bound = bind(s, addresses.any(), 0);
      if (bound.errno() != null) {
        return bound;
      }
    }
    s.peer = addresses.host(address, settings.remote());
    s.peerPort = addresses.port(address, settings.remotePort());
    opened(s, s.peerPort);
    return Outcome.of(0);
  }

  private void opened(DatagramSocket s, int remotePort) {
    UdpSocket socket = s.socket;
    if (socket != null && flows.find(true, socket.localPort(), remotePort) == null) {
      flows.open(true, socket.localPort(), remotePort);
    }
  }

  private Outcome write(DatagramSocket s, Transfer transfer) {
    transfer.allow(Transfer.DONTWAIT);
    if (transfer.length() > MAX_DATAGRAM) {
      return Outcome.error("EMSGSIZE");
    }
    String error = s.takeError();
    if (error != null) {
      return Outcome.error(error);
    }
    Value address = transfer.address();
    if (s.peer == null && address == null) {
      return Outcome.error("EDESTADDRREQ");
    }
    IpAddress host = s.peer != null ? s.peer : settings.remote();
    int port = s.peer != null ? s.peerPort : settings.remotePort();
    if (address != null) {
      host = addresses.host(address, host);
      port = addresses.port(address, port);
    }
    if (s.socket == null) {
      bind(s, addresses.any(), 0);
    }
    UdpSocket socket = s.socket;
    if (socket == null) {
      return Outcome.error("EADDRINUSE");
    }
    opened(s, port);
    int length = (int) transfer.length();
    ByteBuffer payload = ByteBuffer.wrap(Bytes.pattern(0, length).toArray());
    Result result = socket.send(payload, 0, length, host, port);
    return result == Result.OK ? Outcome.of(length) : Outcome.error(Constants.errno(result));
  }

  private Operation reading(DatagramSocket s, Transfer transfer) {
    transfer.allow(Transfer.DONTWAIT | Transfer.TRUNC);
    boolean waits = !s.isNonBlocking() && !transfer.has(Transfer.DONTWAIT);
    long wait = !waits ? 0 : s.receiveTimeout == 0 ? Long.MAX_VALUE : s.receiveTimeout;
    Supplier<@Nullable Outcome> attempt = () -> read(s, transfer);
    return Operation.within(bench, wait, attempt, Outcome.error("EAGAIN"));
  }

  private @Nullable Outcome read(DatagramSocket s, Transfer transfer) {
    String error = s.takeError();
    if (error != null) {
      return Outcome.error(error);
    }
    UdpSocket socket = s.socket;
    for (Packet p; socket != null && (p = socket.poll()) != null; ) {
      IpAddress from = new IpAddress(p.sourceHigh, p.sourceLow);
      int port = p.sourcePort;
      int length = p.length();
      p.release();
      if (s.peer == null || s.peer.equals(from) && s.peerPort == port) {
        long value = transfer.has(Transfer.TRUNC) ? length : Math.min(length, transfer.length());
        return new Outcome(value, null, addresses.difference(transfer.address(), from, port));
      }
    }
    return null;
  }

  private Outcome localName(DatagramSocket s, Value expected) {
    UdpSocket socket = s.socket;
    IpAddress host = socket == null ? addresses.any() : socket.localAddress();
    int port = socket == null ? 0 : socket.localPort();
    return new Outcome(0, null, addresses.difference(expected, host, port));
  }

  private Outcome peerName(DatagramSocket s, Value expected) {
    return s.peer == null
        ? Outcome.error("ENOTCONN")
        : new Outcome(0, null, addresses.difference(expected, s.peer, s.peerPort));
  }
}

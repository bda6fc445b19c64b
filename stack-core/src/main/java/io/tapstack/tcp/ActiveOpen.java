package io.tapstack.tcp;

import io.tapstack.base.Result;
import io.tapstack.ip.Ip;
import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * OPEN of RFC 9293 section 3.10.1, active: from which address and port a connection may begin, and
 * its SYN.
 */
final class ActiveOpen {
  private static final int PORT_TRIES = 64;

  /**
   * So much later than the last timestamp of the connection before may a new one of the same
   * 4-tuple begin: its own timestamps, whose clock ticks every millisecond, are newer then for
   * certain (RFC 6191 section 2). A second as in Linux.
   */
  private static final long REUSE_AFTER = 1_000_000_000;

  private final Tcp tcp;
  private final Ip ip;
  private final PortTable ports;
  private final ConnectionTable table;

  ActiveOpen(Tcp tcp, Ip ip, PortTable ports, ConnectionTable table) {
    this.tcp = tcp;
    this.ip = ip;
    this.ports = ports;
    this.table = table;
  }

  TcpConnection connect(
      @Nullable PortBinding binding, IpAddress remote, int remotePort, TcpEvents events) {
    IpAddress local =
        binding == null || binding.address().isAny()
            ? ip.selectSource(remote)
            : binding.address().isV4() == remote.isV4() ? binding.address() : null;
    Result problem = Result.OK;
    int localPort = 0;
    if (remotePort < 1 || remotePort > 65_535 || !isPossiblePeer(remote)) {
      problem = Result.INVALID; // MUST-46
    } else if (local == null || ip.mtuTo(remote.high(), remote.low()) == 0) {
      problem = Result.NO_ROUTE;
    } else if (tcp.isFull()) {
      problem = Result.LIMIT;
    } else {
      localPort = binding != null ? binding.port() : choosePort(local, remote, remotePort);
      if (localPort == 0) {
        problem = Result.LIMIT;
      } else if (!isPossible(local, localPort, remote, remotePort)) {
        problem = Result.ADDRESS_IN_USE;
      }
    }
    IpAddress source = local != null ? local : IpAddress.ANY_V6;
    TcpConnection c =
        new TcpConnection(
            tcp, source.high(), source.low(), localPort, remote.high(), remote.low(), remotePort);
    c.events = events;
    if (problem != Result.OK) {
      tcp.counters.attemptFails++;
      c.failure = problem;
      return c;
    }
    Flow before = find(source, localPort, remote, remotePort);
    if (before instanceof TimeWait previous) {
      c.beginAt(previous.beyond(c.iss)); // what is under way of it is old
      tcp.end(previous);
    }
    tcp.counters.activeOpens++;
    tcp.offerOptions(c);
    c.rcvMss = tcp.output.advertisedMss(c);
    tcp.add(c);
    c.state = TcpState.SYN_SENT;
    tcp.output.sendSyn(c);
    c.timers.set(TcpTimers.RETRANSMIT, tcp.time.now() + c.rtt.rto());
    return c;
  }

  private boolean isPossiblePeer(IpAddress remote) {
    return !remote.isMulticast() && !remote.isAny() && !ip.isBroadcast(remote.high(), remote.low());
  }

  /** RFC 6056 section 3.3.1: at random, and another one if the 4-tuple is in use. */
  private int choosePort(IpAddress local, IpAddress remote, int remotePort) {
    for (int i = 0; i < PORT_TRIES; i++) {
      int port = ports.randomEphemeral();
      if (!ports.isBound(port) && find(local, port, remote, remotePort) == null) {
        return port;
      }
    }
    int port = ports.ephemeral(local);
    return port != 0 && isPossible(local, port, remote, remotePort) ? port : 0;
  }

  /** Whether no connection has the 4-tuple, or one in TIME-WAIT that timestamps protect. */
  private boolean isPossible(IpAddress local, int localPort, IpAddress remote, int remotePort) {
    Flow flow = find(local, localPort, remote, remotePort);
    return flow == null
        || flow instanceof TimeWait t
            && t.state == TcpState.TIME_WAIT
            && t.timestamps
            && tcp.config.timestamps()
            && tcp.time.now() - t.tsRecentTime >= REUSE_AFTER;
  }

  private @Nullable Flow find(IpAddress local, int localPort, IpAddress remote, int remotePort) {
    return table.find(
        local.high(), local.low(), localPort, remote.high(), remote.low(), remotePort);
  }
}

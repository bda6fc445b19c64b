package io.tapstack.drill;

import io.tapstack.base.Result;
import io.tapstack.udp.UdpSocket;
import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** A script's UDP socket over the core. */
final class DatagramSocket implements Descriptor {
  private boolean nonBlocking;
  private Result error = Result.OK;
  private long edges;
  @Nullable UdpSocket socket;

  /** Where {@code connect} said that datagrams go and come from, or null. */
  @Nullable IpAddress peer;

  int peerPort;
  long receiveTimeout;

  DatagramSocket() {}

  /** Hears of a datagram or an error. */
  void changed() {
    edges |= EventPoll.READABLE;
  }

  /** What an ICMP error said, once; Linux tells it to connected sockets only. */
  @Nullable String takeError() {
    gatherError();
    Result said = error;
    error = Result.OK;
    return said == Result.OK || peer == null ? null : Constants.errno(said);
  }

  private void gatherError() {
    UdpSocket udp = socket;
    if (udp != null && error == Result.OK) {
      error = udp.error();
    }
  }

  @Override
  public long ready() {
    gatherError();
    boolean failed = error != Result.OK && peer != null;
    UdpSocket udp = socket;
    long readable = udp != null && udp.pending() > 0 || failed ? EventPoll.READABLE : 0;
    return readable | EventPoll.WRITABLE | (failed ? 8 : 0);
  }

  @Override
  public long takeEdges() {
    long taken = edges;
    edges = 0;
    return taken;
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.close();
    }
  }

  @Override
  public boolean isNonBlocking() {
    return nonBlocking;
  }

  @Override
  public void nonBlocking(boolean on) {
    nonBlocking = on;
  }
}

package io.tapstack.it.relay;

import io.tapstack.link.Link;
import io.tapstack.link.Pipe;
import io.tapstack.socket.EthernetInterface;
import io.tapstack.socket.NsapiError;
import io.tapstack.socket.TCPSocket;
import io.tapstack.stack.StackConfig;
import io.tapstack.tap.TapLink;
import io.tapstack.tcp.TcpInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** This stack behind a pipe, driven by a loop of its own, used as an application uses it. */
final class StackEnd implements End {
  private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int PATIENCE_MILLIS = 30_000;
  private static final int TIMEOUT_MILLIS = 20;
  private static final int CHUNK = 65_536;
  private static final String TRACE_HEADER =
      "time,caState,rto,inFlight,rtt,ssthresh,cwnd,retransmitted,segments,receiverLimited,"
          + "bufferLimited,duplicates,timeouts,recoveries,undos,pacingRate";

  private final Link link;
  private final EthernetInterface net;

  /**
   * Starts a stack.
   *
   * @param addresses with their prefix lengths
   */
  StackEnd(StackConfig config, List<String> addresses) {
    Pipe pipe = Pipe.create("stack", TapLink.randomMac(), TapLink.randomMac(), 1500, 8192);
    link = pipe.right();
    net = new EthernetInterface(pipe.left(), config);
    for (String address : addresses) {
      NsapiError.check(net.addAddress(address), "adding an address");
    }
    NsapiError.check(net.connect(), "connecting to the relay");
  }

  EthernetInterface net() {
    return net;
  }

  @Override
  public Link link() {
    return link;
  }

  @Override
  public Reception receive(int port, double seconds) {
    TCPSocket listener = open();
    NsapiError.check(listener.bind(port), "binding");
    NsapiError.check(listener.listen(1), "listening");
    return () -> {
      TCPSocket peer = listener.accept();
      if (peer == null) {
        throw new IOException("nobody connected to the stack");
      }
      return read(peer, TimeUnit.MILLISECONDS.toNanos(Math.round(seconds * 1000)));
    };
  }

  private static Received read(TCPSocket peer, long nanos) {
    long start = System.nanoTime();
    long received = 0;
    List<Long> marks = new ArrayList<>();
    byte[] buffer = new byte[1 << 20];
    for (long now; (now = System.nanoTime() - start) < nanos; ) {
      while (now >= INTERVAL * (marks.size() + 1)) {
        marks.add(received);
      }
      peer.setTimeout((int) TimeUnit.NANOSECONDS.toMillis(Math.min(INTERVAL, nanos - now)) + 1);
      int n = peer.recv(buffer);
      if (n == 0 || n < 0 && n != NsapiError.WOULD_BLOCK) {
        break;
      }
      received += Math.max(n, 0);
    }
    double elapsed = (System.nanoTime() - start) / 1e9;
    return new Received(received, elapsed, marks.stream().mapToLong(Long::longValue).toArray());
  }

  /** {@inheritDoc} The algorithm is the stack's, see the constructor. */
  @Override
  public Sent send(String host, int port, String algorithm, double seconds, @Nullable Path trace)
      throws IOException {
    TCPSocket socket = open();
    NsapiError.check(socket.connect(host, port), "connecting");
    socket.setTimeout(TIMEOUT_MILLIS);
    long start = System.nanoTime();
    long nanos = Math.round(seconds * 1e9);
    byte[] chunk = new byte[CHUNK];
    List<String> samples = new ArrayList<>(List.of(TRACE_HEADER));
    TcpInfo info = info();
    for (long now; (now = System.nanoTime() - start) < nanos; ) {
      if (now >= INTERVAL * samples.size()) {
        info = info();
        samples.add(sample(now, info));
      }
      int n = socket.send(chunk);
      if (n < 0 && n != NsapiError.WOULD_BLOCK) {
        break;
      }
    }
    if (trace != null) {
      Files.write(trace, samples);
    }
    return new Sent(
        info.bytesSent() / info.sndMss(),
        info.totalRetransmissions(),
        info.timeouts(),
        info.dsackDuplicates());
  }

  /** What the one connection of this stack knows of itself. */
  private TcpInfo info() {
    return net.driver().call(() -> net.driver().stack().tcp().snapshot().get(0).info());
  }

  private static String sample(long now, TcpInfo info) {
    int mss = info.sndMss();
    return "%.3f,%s,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d"
        .formatted(
            now / 1e9,
            info.congestionState(),
            info.rto() / 1_000_000,
            info.inFlight() / mss,
            info.srtt() / 1_000_000,
            Math.min(info.ssthresh() / mss, 999_999),
            info.cwnd() / mss,
            info.totalRetransmissions(),
            info.bytesSent() / mss,
            info.rwndLimited() / 1_000_000,
            info.sndbufLimited() / 1_000_000,
            info.dsackDuplicates(),
            info.timeouts(),
            info.fastRecoveries(),
            info.undos(),
            info.pacingRate());
  }

  private TCPSocket open() {
    TCPSocket socket = new TCPSocket();
    NsapiError.check(socket.open(net), "opening");
    socket.setTimeout(PATIENCE_MILLIS);
    return socket;
  }

  @Override
  public void close() {
    net.close();
  }
}

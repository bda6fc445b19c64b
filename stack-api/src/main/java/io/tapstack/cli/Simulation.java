package io.tapstack.cli;

import io.tapstack.cli.http.HttpUrl;
import io.tapstack.link.Link;
import io.tapstack.runtime.PcapLink;
import io.tapstack.runtime.PcapngFile;
import io.tapstack.sim.Impairment;
import io.tapstack.sim.SimCable;
import io.tapstack.sim.SimLink;
import io.tapstack.sim.SimNetwork;
import io.tapstack.sim.WireCounters;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.tcp.PortBinding;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpCounters;
import io.tapstack.tcp.TcpEvents;
import io.tapstack.tcp.TcpListener;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Two stacks and the wire between them: one serves {@code /bytes/N} over HTTP, the other downloads
 * it. Everything happens on one thread and on a virtual clock.
 */
final class Simulation {
  private static final int PORT = 80;

  /** So much virtual time without an end means that the download will not end. */
  private static final long LIMIT_NANOS = 24 * 3600 * 1_000_000_000L;

  private final NetworkOptions options;
  private final Impairment impairment;
  private final @Nullable String congestion;
  private final long seed;
  private final long bytes;

  /**
   * A download that is still to run.
   *
   * @param congestion the name of the congestion control, null for the stack's default
   */
  Simulation(
      NetworkOptions options,
      Impairment impairment,
      @Nullable String congestion,
      long seed,
      long bytes) {
    this.options = options;
    this.impairment = impairment;
    this.congestion = congestion;
    this.seed = seed;
    this.bytes = bytes;
  }

  /** What {@code demo} shows where there is no TAP device: a wire like one across a continent. */
  static Simulation demo(NetworkOptions options, long bytes) {
    Impairment wire = Impairment.NONE.delay(10_000_000).rate(100_000_000).loss(0.01);
    return new Simulation(options, wire, null, 1, bytes);
  }

  /** Downloads, says how it went, and returns the exit status. */
  int run() throws IOException {
    Path capture = options.pcap();
    if (capture == null) {
      return run(null);
    }
    try (PcapngFile file = PcapngFile.create(capture)) {
      return run(file);
    }
  }

  private int run(@Nullable PcapngFile capture) throws IOException {
    SimNetwork network = new SimNetwork(seed);
    SimCable cable = network.cable("server", "client", options.mtu(), impairment, impairment);
    AddressPair pair = AddressPair.of(options).get(0);
    NetworkStack server = host(network, cable.left(), pair.stack(), capture);
    NetworkStack client = host(network, cable.right(), pair.host(), capture);

    SimApplication serving = application(network, server);
    serving.runs(new SimServer(listen(server, serving), serving)::turn);
    SimApplication downloading = application(network, client);
    HttpUrl url = Transfer.url(pair.stack().address(), PORT, bytes);
    SimClient download = new SimClient(client, url, bytes, downloading);
    downloading.runs(download::turn);
    long realStart = System.nanoTime();
    Progress progress = Progress.onStandardError("sim", bytes);
    boolean ended =
        network.runUntil(
            () -> {
              progress.at(download.received());
              return download.isOver();
            },
            LIMIT_NANOS);
    progress.clear();
    String problem =
        ended ? download.problem() : "no end in " + LIMIT_NANOS / 3_600_000_000_000L + " hours";
    long virtual = network.now();
    long real = System.nanoTime() - realStart;
    boolean right = problem == null && download.hash().equals(Transfer.expectedHash(bytes));
    report(download.received(), virtual, real, server.tcp().counters(), cable);
    if (problem != null) {
      System.err.println("tapstack sim: the download failed: " + problem);
    } else {
      System.out.println("SHA-256           " + download.hash() + (right ? " ok" : " WRONG"));
    }
    return right ? 0 : 1;
  }

  private NetworkStack host(
      SimNetwork network, SimLink end, Prefix prefix, @Nullable PcapngFile capture) {
    Link link = capture == null ? end : PcapLink.capture(end, capture, network::now);
    StackConfig config = StackNetwork.config(options.mtu());
    if (congestion != null) {
      config = config.withTcp(TcpConfig.builder().congestionControl(congestion).build());
    }
    NetworkStack stack = new NetworkStack(config, network.newRandom(), network.now());
    network.add(new SimEnd(stack, end, link, prefix));
    return stack;
  }

  private static SimApplication application(SimNetwork network, NetworkStack stack) {
    SimApplication application = new SimApplication(stack);
    network.add(application);
    return application;
  }

  private static TcpListener listen(NetworkStack server, TcpEvents events) {
    PortBinding binding = server.tcp().bind(IpAddress.ANY_V6, PORT, false);
    return server.tcp().listen(binding, 8, events);
  }

  private void report(
      long received, long virtual, long real, TcpCounters counters, SimCable cable) {
    WireCounters down = cable.leftToRight().counters();
    WireCounters up = cable.rightToLeft().counters();
    System.out.printf(
        Locale.ROOT,
        """
        wire              %s
        downloaded        %s
        virtual time      %.3f s (computed in %.2f s)
        goodput           %s
        frames down       %d offered, %d lost, %d dropped by the queue, %d duplicated, %d held back, %d corrupted
        frames up         %d offered, %d lost, %d dropped by the queue, %d duplicated, %d held back, %d corrupted
        retransmissions   %d segments (%d fast retransmits, %d timeouts)
        """,
        wire(),
        Progress.size(received),
        virtual / 1e9,
        real / 1e9,
        virtual == 0
            ? "without limit: the wire takes no time"
            : String.format(Locale.ROOT, "%.2f Mbit/s", received * 8e3 / virtual),
        down.offered(),
        down.lost(),
        down.queueDrops(),
        down.duplicated(),
        down.reordered(),
        down.corrupted(),
        up.offered(),
        up.lost(),
        up.queueDrops(),
        up.duplicated(),
        up.reordered(),
        up.corrupted(),
        counters.retransmittedSegments(),
        counters.fastRetransmits(),
        counters.timeouts());
    System.out.flush();
  }

  private String wire() {
    return String.format(
        Locale.ROOT,
        "%s each way, %s, %s%% lost, %s%% duplicated, %s%% held back, %s%% corrupted, seed %d",
        impairment.delayNanos() % 1_000_000 == 0
            ? impairment.delayNanos() / 1_000_000 + " ms"
            : impairment.delayNanos() / 1e6 + " ms",
        impairment.bitsPerSecond() == 0
            ? "no limit to the rate"
            : impairment.bitsPerSecond() / 1e6 + " Mbit/s",
        percent(impairment.loss()),
        percent(impairment.duplication()),
        percent(impairment.reordering()),
        percent(impairment.corruption()),
        seed);
  }

  private static String percent(double share) {
    return java.math.BigDecimal.valueOf(share * 100)
        .setScale(4, java.math.RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }
}

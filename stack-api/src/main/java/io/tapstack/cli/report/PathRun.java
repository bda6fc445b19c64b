package io.tapstack.cli.report;

import io.tapstack.sim.Impairment;
import io.tapstack.sim.SimDumbbell;
import io.tapstack.sim.SimNetwork;
import io.tapstack.sim.SimObserver;
import io.tapstack.sim.WireCounters;
import io.tapstack.stack.StackConfig;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** One simulation: one or more bulk flows over one path, measured after a time of settling. */
final class PathRun {
  /** What each side may buffer, in bytes: larger than any bandwidth-delay product here. */
  static final int BUFFER = 16 << 20;

  /** What a stack's pool holds besides a full receive buffer. */
  private static final int SPARE_PACKETS = 1024;

  private static final long SECOND = 1_000_000_000L;

  private final SimNetwork network;
  private final SimPath path;
  private final SimDumbbell dumbbell;
  private final List<BulkFlow> flows = new ArrayList<>();
  private @Nullable SimObserver observer;
  private final List<Long> starts = new ArrayList<>();

  /** What each flow had received at the end of each second. */
  private final List<long[]> marks = new ArrayList<>();

  /**
   * What became of one flow.
   *
   * @param goodput what the receiving application read, in bits per second
   * @param counters of the sending stack, which has no other flow
   */
  record FlowResult(double goodput, TcpCounters counters) {
    /** Segments sent again. */
    long retransmitted() {
      return counters.retransmittedSegments();
    }

    /** How often loss recovery began. */
    long recoveries() {
      return counters.fastRetransmits();
    }

    long timeouts() {
      return counters.timeouts();
    }
  }

  /**
   * What became of a run.
   *
   * @param bottleneck the bottleneck's counters in the direction of the data
   */
  record Result(List<FlowResult> flows, WireCounters bottleneck) {
    /** The goodput of the only flow, in bits per second. */
    double goodput() {
      return flows.get(0).goodput();
    }

    /** Jain's index of the flows' goodput. */
    double fairness() {
      return JainIndex.of(flows.stream().mapToDouble(FlowResult::goodput).toArray());
    }
  }

  /** A path without flows; the seed is all its chance. */
  PathRun(SimPath path, long seed) {
    this.path = path;
    network = new SimNetwork(seed, 256L << 20);
    // The handshake meets with a clean path: what is measured is the transfer.
    dumbbell =
        new SimDumbbell(
            network, path.data().loss(0).reordering(0, 0), path.acks().loss(0).reordering(0, 0));
  }

  /** Adds a flow that begins at a time, in nanoseconds; the first one at 0. */
  PathRun flow(String congestion, long start) {
    StackConfig defaults = StackConfig.defaults();
    TcpConfig tcp = config(congestion);
    StackConfig sends = defaults.withPackets(SPARE_PACKETS).withTcp(tcp);
    StackConfig receives =
        defaults.withPackets(BUFFER / SimPath.PAYLOAD + SPARE_PACKETS).withTcp(tcp);
    SimDumbbell.Pair pair = dumbbell.add(sends, receives, Impairment.NONE);
    flows.add(new BulkFlow(network, pair));
    starts.add(start);
    return this;
  }

  private static TcpConfig config(String congestion) {
    return TcpConfig.builder()
        .sendBuffer(BUFFER)
        .receiveBuffer(BUFFER)
        .congestionControl(congestion)
        .maxOutOfOrder(2 * BUFFER / SimPath.PAYLOAD)
        .build();
  }

  /** Lets the first flow be seen; an observer that only looks changes nothing. */
  PathRun observe(BiFunction<SimDumbbell, BulkFlow, SimObserver> by) {
    SimObserver next = by.apply(dumbbell, flows.get(0));
    SimObserver before = observer;
    observer =
        before == null
            ? next
            : (now, wire, fate, frame, length) -> {
              before.saw(now, wire, fate, frame, length);
              next.saw(now, wire, fate, frame, length);
            };
    network.observe(observer);
    return this;
  }

  /**
   * Runs until a time, and measures from another time on; both in nanoseconds since the first flow
   * was connected.
   */
  Result run(long from, long until) {
    flows.get(0).begin();
    if (!network.runUntil(flows.get(0)::isUp, 10 * SECOND)) {
      throw new IllegalStateException("no connection over " + path);
    }
    dumbbell.bottleneck().leftToRight().impair(path.data());
    dumbbell.bottleneck().rightToLeft().impair(path.acks());
    long begin = network.now();
    for (int i = 1; i < flows.size(); i++) {
      network.at(begin + starts.get(i), flows.get(i)::begin);
    }
    runBySeconds(begin, begin + from);
    long[] before = flows.stream().mapToLong(BulkFlow::received).toArray();
    runBySeconds(begin, begin + until);
    List<FlowResult> results = new ArrayList<>();
    for (int i = 0; i < before.length; i++) {
      double bits = 8.0 * (flows.get(i).received() - before[i]);
      results.add(new FlowResult(bits * SECOND / (until - from), flows.get(i).counters()));
    }
    return new Result(results, dumbbell.bottleneck().leftToRight().counters());
  }

  private void runBySeconds(long begin, long until) {
    while (network.now() < until) {
      long second = begin + (marks.size() + 1) * SECOND;
      network.run(Math.min(second, until));
      if (network.now() == second) {
        marks.add(flows.stream().mapToLong(BulkFlow::received).toArray());
      }
    }
  }

  /** What each flow got in each whole second of the run, in bits per second. */
  double[][] perSecond() {
    double[][] rates = new double[flows.size()][marks.size()];
    for (int second = 0; second < marks.size(); second++) {
      for (int flow = 0; flow < rates.length; flow++) {
        long before = second == 0 ? 0 : marks.get(second - 1)[flow];
        rates[flow][second] = 8.0 * (marks.get(second)[flow] - before);
      }
    }
    return rates;
  }
}

package io.tapstack.sim;

import io.tapstack.stack.StackConfig;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The usual topology of studies of congestion: pairs of hosts whose ways all lead over one wire,
 * the bottleneck, and share its queue.
 *
 * <pre>
 *  left 0 ---+                                     +--- right 0
 *            | switch === the bottleneck === switch |
 *  left 1 ---+                                     +--- right 1
 * </pre>
 *
 * The left host of pair n is 10.0.1.(n+1), the right one 10.0.2.(n+1), and fd00::1:(n+1), fd00::2:
 * (n+1).
 */
public final class SimDumbbell {
  /** Pairs for which there are addresses. */
  public static final int MAX_PAIRS = 254;

  private final SimNetwork network;
  private final SimSwitch left;
  private final SimSwitch right;
  private final SimCable bottleneck;
  private final List<Pair> pairs = new ArrayList<>();

  /** Two hosts that talk over the bottleneck. */
  public record Pair(
      SimHost left,
      SimHost right,
      IpAddress leftAddress,
      IpAddress rightAddress,
      SimCable access) {}

  /**
   * A dumbbell without hosts.
   *
   * @param leftToRight what the bottleneck does in one direction: its rate, queue, marking and so
   *     on
   * @param rightToLeft what it does in the other
   */
  public SimDumbbell(SimNetwork network, Impairment leftToRight, Impairment rightToLeft) {
    this.network = network;
    left = network.bridge("left");
    right = network.bridge("right");
    bottleneck = left.join(right, leftToRight, rightToLeft);
  }

  /** The wire that all share; its left end is at the left hosts. */
  public SimCable bottleneck() {
    return bottleneck;
  }

  /**
   * Adds two hosts.
   *
   * @param access what the left host's own cable does, the same in both directions; a delay here
   *     gives this pair a longer round trip than others. The right host's cable is perfect
   */
  public Pair add(StackConfig leftConfig, StackConfig rightConfig, Impairment access) {
    int number = pairs.size() + 1;
    if (number > MAX_PAIRS) {
      throw new IllegalStateException("a dumbbell has at most " + MAX_PAIRS + " pairs");
    }
    SimHost from = network.newHost("left" + number, leftConfig);
    SimHost to = network.newHost("right" + number, rightConfig);
    SimCable cable = network.connect(from, left, access);
    network.connect(to, right, Impairment.NONE);
    Pair pair = new Pair(from, to, address(from, 1, number), address(to, 2, number), cable);
    pairs.add(pair);
    return pair;
  }

  private static IpAddress address(SimHost host, int side, int number) {
    IpAddress v4 = IpAddress.parse("10.0." + side + "." + number);
    host.iface(0).addAddress(v4, 16);
    String v6 = "fd00::" + side + ":" + Integer.toHexString(number);
    host.iface(0).addAddress(IpAddress.parse(v6), 64);
    return v4;
  }

  /** The pairs in the order in which they were added. */
  public List<Pair> pairs() {
    return List.copyOf(pairs);
  }
}

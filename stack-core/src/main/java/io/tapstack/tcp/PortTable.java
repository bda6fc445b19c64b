package io.tapstack.tcp;

import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Which local ports are taken: by bound sockets, and how many connections use each. Ephemeral ports
 * are drawn at random from 1024 to 65535 (RFC 6056 sections 3.2 and 3.3.1).
 *
 * <p>Thread: the owner of the stack. Opening a connection is not the hot path, so this allocates.
 */
final class PortTable {
  private static final int FIRST_EPHEMERAL = 1024;
  private static final int PORTS = 65536;

  private final RandomGenerator random;
  private final Map<Integer, List<PortBinding>> bindings = new HashMap<>();
  private final Map<Integer, Integer> connections = new HashMap<>();

  PortTable(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Whether a socket may bind. Two bindings of a port are in conflict if their addresses can match
   * the same packet; a port that connections still use (TIME-WAIT too) is in conflict unless the
   * socket asked to reuse it.
   */
  boolean isFree(IpAddress address, int port, boolean reuse) {
    for (PortBinding other : bindings.getOrDefault(port, List.of())) {
      if (overlap(address, other.address())) {
        return false;
      }
    }
    return reuse || !connections.containsKey(port);
  }

  private static boolean overlap(IpAddress a, IpAddress b) {
    if (a.equals(b)) {
      return true;
    }
    // :: is any address of either family here, 0.0.0.0 any of IPv4's.
    return a.isAny() && (!a.isV4() || b.isV4()) || b.isAny() && (!b.isV4() || a.isV4());
  }

  PortBinding bind(IpAddress address, int port, boolean reuse) {
    PortBinding binding = new PortBinding(this, address, port, reuse);
    bindings.computeIfAbsent(port, p -> new ArrayList<>(1)).add(binding);
    return binding;
  }

  void remove(PortBinding binding) {
    bindings.computeIfPresent(
        binding.port(),
        (port, list) -> {
          list.remove(binding);
          return list.isEmpty() ? null : list;
        });
  }

  /** An ephemeral port that nobody uses, or 0 if none is left. */
  int ephemeral(IpAddress address) {
    int range = PORTS - FIRST_EPHEMERAL;
    int start = random.nextInt(range);
    for (int i = 0; i < range; i++) {
      int port = FIRST_EPHEMERAL + (start + i) % range;
      if (isFree(address, port, false)) {
        return port;
      }
    }
    return 0;
  }

  /** A random ephemeral port for which the caller's own test decides. */
  int randomEphemeral() {
    return FIRST_EPHEMERAL + random.nextInt(PORTS - FIRST_EPHEMERAL);
  }

  boolean isBound(int port) {
    return bindings.containsKey(port);
  }

  void connectionAdded(int port) {
    connections.merge(port, 1, Integer::sum);
  }

  void connectionRemoved(int port) {
    connections.computeIfPresent(port, (p, n) -> n == 1 ? null : n - 1);
  }
}

package io.tapstack.drill;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pairs of ports that a script's packets belong to. */
final class Flows {
  private static final int MAX_FLOWS = 10_000;

  private final Settings settings;
  private final List<Flow> flows = new ArrayList<>();

  Flows(Settings settings) {
    this.settings = settings;
    open(false, settings.localPort(), settings.remotePort());
  }

  /** A new flow of a pair of ports; packets that name no ports belong to it from now on. */
  Flow open(boolean udp, int localPort, int remotePort) {
    flows.remove(find(udp, localPort, remotePort));
    return add(udp, localPort, remotePort);
  }

  private Flow add(boolean udp, int localPort, int remotePort) {
    if (flows.size() == MAX_FLOWS) {
      throw new Unsupported("more than " + MAX_FLOWS + " connections");
    }
    Flow flow = new Flow(udp, localPort, remotePort, settings.isSix());
    flows.add(flow);
    return flow;
  }

  /** The flow of a packet that a script writes: as its ports say, or the last one opened. */
  Flow of(boolean udp, Script.Envelope envelope, boolean inbound) {
    if (envelope.sourcePort() < 0) {
      return latest(udp);
    }
    int localPort = inbound ? envelope.destinationPort() : envelope.sourcePort();
    int remotePort = inbound ? envelope.sourcePort() : envelope.destinationPort();
    Flow flow = find(udp, localPort, remotePort);
    if (flow == null) {
      flow = add(udp, localPort, remotePort);
      flows.remove(flow);
      flows.add(0, flow); // found by its ports only
    }
    return flow;
  }

  /** The one that was opened last. */
  Flow latest(boolean udp) {
    for (int i = flows.size() - 1; i >= 0; i--) {
      if (flows.get(i).udp == udp) {
        return flows.get(i);
      }
    }
    return add(udp, settings.localPort(), settings.remotePort());
  }

  /** The one that was opened last, of either protocol. */
  Flow latest() {
    return flows.get(flows.size() - 1);
  }

  @Nullable Flow find(boolean udp, int localPort, int remotePort) {
    for (int i = flows.size() - 1; i >= 0; i--) {
      Flow flow = flows.get(i);
      if (flow.udp == udp && flow.localPort == localPort && flow.remotePort == remotePort) {
        return flow;
      }
    }
    return null;
  }
}

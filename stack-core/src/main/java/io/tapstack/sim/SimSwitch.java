package io.tapstack.sim;

import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.Mac;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A learning Ethernet bridge (IEEE 802.1D section 7) that joins any number of cables. It takes no
 * time of its own. There is no spanning tree: switches must not be joined in a circle.
 */
public final class SimSwitch {
  /** When the table is full, frames to further stations are flooded. */
  static final int MAX_STATIONS = 4096;

  private final SimNetwork network;
  private final String name;
  private final List<SimLink> ports = new ArrayList<>();
  private final Map<Long, SimLink> stations = new HashMap<>();
  private long flooded;

  SimSwitch(SimNetwork network, String name) {
    this.network = network;
    this.name = name;
  }

  /** Plugs a new cable in, whose {@link SimCable#left()} is free for a stack. */
  public SimCable plug(String host, Impairment impairment) {
    return plug(host, SimNetwork.DEFAULT_MTU, impairment, impairment);
  }

  /** Plugs a new cable in, with its own MTU and an impairment per direction. */
  public SimCable plug(String host, int mtu, Impairment toSwitch, Impairment fromSwitch) {
    SimCable cable = network.cable(host, name + "." + ports.size(), mtu, toSwitch, fromSwitch);
    cable.right().belongsTo(this);
    ports.add(cable.right());
    return cable;
  }

  /** Joins another switch, the same in both directions. */
  public SimCable join(SimSwitch other, Impairment impairment) {
    return join(other, impairment, impairment);
  }

  /** Joins another switch; the cable's left end is here. */
  public SimCable join(SimSwitch other, Impairment toOther, Impairment fromOther) {
    SimCable cable =
        other.plug(name + "." + ports.size(), SimNetwork.DEFAULT_MTU, toOther, fromOther);
    cable.left().belongsTo(this);
    ports.add(cable.left());
    return cable;
  }

  /** How many frames went to all ports, because their destination is a group or not yet known. */
  public long flooded() {
    return flooded;
  }

  /** Passes a frame on, and gives it back. */
  void forward(SimLink port, SimFrame frame) {
    if (EthernetHeader.check(frame.length)) {
      long source = EthernetHeader.source(frame.buffer, 0);
      if (Mac.isUnicast(source)
          && (stations.size() < MAX_STATIONS || stations.containsKey(source))) {
        stations.put(source, port);
      }
      SimLink known = stations.get(EthernetHeader.destination(frame.buffer, 0));
      if (known == null) {
        flooded++;
        for (int i = 0; i < ports.size(); i++) {
          if (ports.get(i) != port) {
            ports.get(i).wire().send(frame.buffer, frame.length);
          }
        }
      } else if (known != port) {
        known.wire().send(frame.buffer, frame.length);
      }
    }
    network.frames().giveBack(frame);
  }
}

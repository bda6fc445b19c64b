package io.tapstack.sim;

import io.tapstack.ip.IpInterface;
import io.tapstack.stack.NetworkStack;
import java.util.ArrayList;
import java.util.List;

/** A stack with its links, on the clock of the network. */
public final class SimHost implements SimParticipant {
  private static final int BUDGET = 64;

  private final String name;
  private final NetworkStack stack;
  private final List<SimLink> links = new ArrayList<>();
  private final List<IpInterface> interfaces = new ArrayList<>();

  SimHost(String name, NetworkStack stack) {
    this.name = name;
    this.stack = stack;
  }

  public String name() {
    return name;
  }

  public NetworkStack stack() {
    return stack;
  }

  /** Attaches the stack to an end of a cable. */
  public IpInterface attach(SimLink link) {
    IpInterface iface = stack.attach(link);
    links.add(link);
    interfaces.add(iface);
    return iface;
  }

  /** The interface of the stack's cable number {@code index}, in the order of plugging in. */
  public IpInterface iface(int index) {
    return interfaces.get(index);
  }

  @Override
  public void advance(long now) {
    stack.advance(now);
  }

  @Override
  public void turn(long now) {
    stack.advance(now);
    for (int i = 0; i < interfaces.size(); i++) {
      while (stack.pump(interfaces.get(i), BUDGET) == BUDGET) {
        // a full budget says that more may wait
      }
    }
    stack.poll(now);
  }

  /** Frames that find the stack's packet pool empty wait at the link until it is not. */
  @Override
  public long nextDeadline() {
    if (stack.pool().available() > 0) {
      for (int i = 0; i < links.size(); i++) {
        if (links.get(i).isReceivable()) {
          return Long.MIN_VALUE;
        }
      }
    }
    return stack.nextDeadline();
  }

  @Override
  public String toString() {
    return name;
  }
}

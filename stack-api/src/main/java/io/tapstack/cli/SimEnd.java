package io.tapstack.cli;

import io.tapstack.ip.IpInterface;
import io.tapstack.link.Link;
import io.tapstack.sim.SimLink;
import io.tapstack.sim.SimParticipant;
import io.tapstack.stack.NetworkStack;

/** A stack at one end of a simulated cable, with whatever decorates that end: a capture. */
final class SimEnd implements SimParticipant {
  private static final int BUDGET = 64;

  private final NetworkStack stack;
  private final SimLink end;
  private final IpInterface link;

  /**
   * Attaches a stack.
   *
   * @param end the end of the cable
   * @param decorated the same, or what decorates it
   */
  SimEnd(NetworkStack stack, SimLink end, Link decorated, Prefix address) {
    this.stack = stack;
    this.end = end;
    this.link = stack.attach(decorated);
    link.addAddress(address.address(), address.length());
  }

  @Override
  public void turn(long now) {
    stack.advance(now);
    int frames = BUDGET;
    while (frames == BUDGET) {
      frames = stack.pump(link, BUDGET);
    }
    stack.poll(now);
  }

  @Override
  public long nextDeadline() {
    boolean frames = end.isReceivable() && stack.pool().available() > 0;
    return frames ? Long.MIN_VALUE : stack.nextDeadline();
  }
}

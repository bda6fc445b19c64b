package io.tapstack.tcp;

import io.tapstack.ip.IpInterface;
import io.tapstack.sim.Impairment;
import io.tapstack.sim.SimCable;
import io.tapstack.sim.SimLink;
import io.tapstack.sim.SimNetwork;
import io.tapstack.sim.SimParticipant;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.wire.IpAddress;

/** Two stacks, 10.0.0.1 / fd00::1 and 10.0.0.2 / fd00::2, joined by one simulated cable. */
final class TwoStacks {
  final SimNetwork network;
  final NetworkStack left;
  final NetworkStack right;
  final SimCable cable;

  TwoStacks(long seed, StackConfig config, Impairment impairment) {
    network = new SimNetwork(seed);
    cable = network.cable("left", "right", impairment);
    left = new NetworkStack(config, network.newRandom(), network.now());
    right = new NetworkStack(config, network.newRandom(), network.now());
    join(left, cable.left(), 1);
    join(right, cable.right(), 2);
  }

  private void join(NetworkStack stack, SimLink link, int number) {
    IpInterface iface = stack.attach(link);
    iface.addAddress(IpAddress.ofV4(10 << 24 | number), 24);
    iface.addAddress(IpAddress.parse("fd00::" + number), 64);
    network.add(
        new SimParticipant() {
          @Override
          public void advance(long now) {
            stack.advance(now);
          }

          @Override
          public void turn(long now) {
            stack.pump(iface, Integer.MAX_VALUE);
            stack.poll(now);
          }

          @Override
          public long nextDeadline() {
            return link.isReceivable() && stack.pool().available() > 0
                ? Long.MIN_VALUE
                : stack.nextDeadline();
          }
        });
  }
}

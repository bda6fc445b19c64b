/**
 * Whole networks in one thread, on a virtual clock, from one seed.
 *
 * <p>A {@link io.tapstack.sim.SimNetwork} holds a clock, a queue of what is to happen, and whoever
 * takes part: hosts ({@link io.tapstack.sim.SimHost}, a {@link io.tapstack.stack.NetworkStack} with
 * its links), cables ({@link io.tapstack.sim.SimCable}) and switches ({@link
 * io.tapstack.sim.SimSwitch}). A cable is two wires, one per direction ({@link
 * io.tapstack.sim.SimWire}), each with an {@link io.tapstack.sim.Impairment}: delay, jitter, rate
 * and queue, congestion marks, loss (each frame by itself, or in bursts), duplication, reordering,
 * corruption; and it can be cut. A {@link io.tapstack.sim.SimDumbbell} is the usual topology in
 * which connections share a bottleneck. Time jumps from one thing that happens to the next, so a
 * day of silence costs nothing.
 *
 * <pre>{@code
 * SimNetwork net = new SimNetwork(42);
 * SimHost a = net.add("a", stackA);
 * SimHost b = net.add("b", stackB);
 * SimCable cable = net.connect(a, b, Impairment.NONE.delay(millis(20)).loss(0.05));
 * a.iface(0).addAddress(IpAddress.parse("10.0.0.1"), 24);
 * ...
 * net.runUntil(() -> done, net.after(seconds(60)));
 * }</pre>
 *
 * <p>Nothing here reads a clock, and all randomness comes from the one seed: the same calls give
 * the same run, frame by frame. Every wire draws from a generator of its own, so one more cable
 * does not change what happens on the others. Frames in flight are copies in memory of the network,
 * bounded and pooled; a frame that finds none is dropped and counted.
 *
 * <p>Thread: one at a time for a whole network and everything in it.
 */
@NullMarked
package io.tapstack.sim;

import org.jspecify.annotations.NullMarked;

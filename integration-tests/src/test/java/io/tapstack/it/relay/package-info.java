/**
 * An impairing relay between the kernel's TCP and this one, or between two of the kernel's: what
 * the simulation does to frames in virtual time, done to real ones in real time. {@link
 * io.tapstack.it.relay.RelayTest} shows that data come through whole; {@link
 * io.tapstack.it.relay.RelayBench} compares how fast. {@link io.tapstack.it.relay.SynFloodBench}
 * floods the stack with SYNs over a bridge. The benches are commands, see the README.
 */
package io.tapstack.it.relay;

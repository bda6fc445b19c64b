/**
 * How a stack is driven, and how application threads meet it.
 *
 * <p>A {@link io.tapstack.stack.NetworkStack} has one owner at a time, reads no clock and never
 * waits. A {@link io.tapstack.runtime.StackDriver} supplies what it lacks: {@link
 * io.tapstack.runtime.StackLoop} a thread, the machine's clock and waiting for devices; {@link
 * io.tapstack.runtime.SimulatedDriver} a virtual clock, where waiting means to run the simulation.
 *
 * <h2>Who does what</h2>
 *
 * <ul>
 *   <li>Protocol state is touched between {@code enter} and {@code exit} only. Frames that come in
 *       are handled by the loop's thread; what a call of the application leads to is done by the
 *       calling thread, in place, if the stack is free.
 *   <li>Data goes through a connection's rings without owning the stack. The writer then {@link
 *       io.tapstack.runtime.StackDriver#kick kicks}: whoever owns the stack sends it, or the writer
 *       itself if nobody does. A kick never blocks.
 *   <li>Whoever must wait does so on a {@link io.tapstack.runtime.Signal}, holding no lock.
 *   <li>Calls into the application ({@link io.tapstack.runtime.Callback}) are made by a thread that
 *       holds no lock. A call that would wait, made from there, answers at once instead.
 * </ul>
 *
 * <p>{@link io.tapstack.runtime.PcapLink} writes what passes a link to a file for Wireshark.
 */
@NullMarked
package io.tapstack.runtime;

import org.jspecify.annotations.NullMarked;

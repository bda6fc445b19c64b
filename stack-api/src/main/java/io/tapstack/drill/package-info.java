/**
 * Scripts in the public packetdrill language, run over one stack on a virtual clock.
 *
 * <p>{@link io.tapstack.drill.Script} is what a script says, {@link io.tapstack.drill.Runner} plays
 * the peer and the application, {@link io.tapstack.drill.Verdict} says what came of it and {@link
 * io.tapstack.drill.Report} collects verdicts:
 *
 * <pre>{@code
 * Verdict verdict = new Runner(Mode.EXACT, Map.of()).run(Script.parse(text));
 * }</pre>
 *
 * <h2>Who does what</h2>
 *
 * {@code ScriptParser}, {@code PacketParser} and {@code ValueParser} read the language. {@code
 * Bench} is the stack, its clock and the gateway beside it. {@code Run} goes through the events,
 * {@code Expectations} waits for what the stack sends. {@code Flow} and {@code OptionCodec}
 * translate numbers between script and wire, {@code Sockets}, {@code StreamCalls} and {@code
 * DatagramCalls} turn calls into those of the core, {@code PacketMatcher} compares, {@code
 * Leniency} and {@code ReceiveModel} are the rules of neutral mode about plain ACKs. {@code
 * Expression} evaluates assertions, {@code InfoFields} gives their names a meaning. {@link
 * io.tapstack.drill.Knobs} are what may be set, {@code Sysctls} what Linux calls it.
 *
 * <h2>What counts as what</h2>
 *
 * <ul>
 *   <li>A segment, datagram, call or time other than the script's fails it; so does payload that is
 *       not what the other side gave, and a segment that is left over at the end, neither of which
 *       the original tool looks at.
 *   <li>What the stack or the runner lacks makes a script unsupported, by name and line, before it
 *       runs if it can be told: see {@code Lacks}. So does a line that is not of the language
 *       ("syntax"), and work, time or memory beyond what any script needs.
 *   <li>A blocking call {@code a...b} returns at b in exact mode, as in the original, and between a
 *       and b in neutral mode.
 *   <li>A range longer than the effective MSS may come in segments of exactly that size and a rest,
 *       unless {@code --strict_segments} is set.
 *   <li>An exception that gets out of the stack fails the script.
 * </ul>
 *
 * <p>Descriptors are names: the number that a call is expected to return names what it made.
 *
 * <p>Thread: any one at a time per runner; nothing is shared.
 */
@NullMarked
package io.tapstack.drill;

import org.jspecify.annotations.NullMarked;

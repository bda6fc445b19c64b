/**
 * TCP: RFC 9293, with RFC 5681, 6582 and 6675 (congestion control and loss recovery), RFC 6298 (the
 * retransmission timer), RFC 7323 (window scaling and timestamps), RFC 5961 (blind attacks), RFC
 * 6528 (initial sequence numbers), RFC 6928 (the initial window), RFC 3042 (limited transmit), RFC
 * 2018 (SACK) and the receiver's side of RFC 2883 (D-SACK).
 *
 * <h2>Who does what</h2>
 *
 * {@link io.tapstack.tcp.Tcp} finds what a 4-tuple stands for: a connection, a record of one that
 * is not yet ({@code HalfOpen}, made and completed by {@code SynInput}, or told by {@code
 * SynCookies}) or no longer ({@code TimeWait}, in {@code TimeWaitTable}), or else a {@link
 * io.tapstack.tcp.TcpListener}. {@link io.tapstack.tcp.TcpConnection} holds the RFC's variables.
 * {@code TcpInput} tells section 3.10.7 in its order; {@code Handshake} (SYNs and their options),
 * {@code AckInput} (the ACK field) and {@code TextInput} (text and FIN) tell the long steps. {@code
 * TcpSender} decides what may be sent, {@code TcpOutput} builds segments, {@code ReceiveWindow}
 * says what the peer may send, {@code TcpExpiry} what a timer means. Concerns with a life of their
 * own have a class each: {@code RttEstimator}, {@code LossRecovery} (with SACK and without), {@link
 * io.tapstack.tcp.CongestionControl}, {@code OutOfOrderStore}, {@code ChallengeAck}, {@code
 * ActiveOpen}, {@code PortTable}, {@code ConnectionTable}, {@code IsnGenerator}.
 *
 * <h2>Where bytes wait</h2>
 *
 * What an application writes waits in its {@code SendRing} until it is acknowledged; segments are
 * gathered from there. What arrives waits in the {@code ReceiveRing} as slices of the packets that
 * brought it. Application threads meet TCP at these two rings, without a lock; everything else
 * belongs to the owner of the stack.
 *
 * <h2>Congestion control</h2>
 *
 * {@link io.tapstack.tcp.CongestionControls} names those that there are: CUBIC (RFC 9438, with
 * HyStart++, RFC 9406), which is the default, NewReno (RFC 5681, 6582) and BBR
 * (draft-ietf-ccwg-bbr). The first two answer marks more gently than losses (RFC 8511) and do not
 * grow what is not used (RFC 7661). {@link io.tapstack.tcp.TcpConfig} chooses for a stack, {@link
 * io.tapstack.tcp.TcpListener} for the connections that come to it, {@link
 * io.tapstack.tcp.TcpConnection} for itself and at any time; an application may bring its own.
 *
 * <h2>When nobody answers</h2>
 *
 * From the third timeout of a segment on (R1 of RFC 9293 section 3.8.3) IP is told to verify the
 * next hop, whose MAC address may be wrong; after R2 the connection ends.
 *
 * <h2>What has a limit</h2>
 *
 * Connections, half-open ones per listener (SYNs beyond are answered with cookies, RFC 4987, and
 * cost no memory), complete ones per backlog, TIME-WAIT (the oldest ends early), out-of-order
 * segments (what lies farthest ahead is dropped, the peer sends it again), unread data (the
 * window), RSTs to strays and answers to unacceptable segments. Each has a counter.
 *
 * <h2>Messages of routers</h2>
 *
 * ICMP errors count only if they quote what is in flight (RFC 5927 section 4). In SYN-SENT and
 * SYN-RECEIVED "port" and "protocol unreachable" end the attempt, as nobody has answered who could
 * be protected; in synchronized states nothing ends a connection but its own timers, which then
 * tell of the error. {@code PathMtu} shrinks segments to what a path carries.
 *
 * <h2>What is given up first</h2>
 *
 * All connections share one pool of packets. As it empties, receive buffers stop growing, then data
 * out of order is given up (of the largest holder, the half that is farthest ahead), then payloads
 * are joined whatever their size, then data in order is refused to those who have some unread, and
 * last new connections are refused. {@code ReceiveMemory} has the thresholds. A small payload never
 * pins a packet of its own if its neighbour's has room. Send buffers have a limit of their own, for
 * all of them together, from which on they do not grow.
 *
 * <h2>Overlapping segments</h2>
 *
 * What was acknowledged never changes (RFC 9293 section 3.10.7.4 trims what is old), and a segment
 * in order is taken as it is. Beyond a hole a segment adds to what it reaches into and replaces
 * what it covers. This is Linux's policy, so that a monitor that knows that one sees the same.
 */
@NullMarked
package io.tapstack.tcp;

import org.jspecify.annotations.NullMarked;

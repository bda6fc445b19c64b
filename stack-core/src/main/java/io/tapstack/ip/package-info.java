/**
 * IPv4 and IPv6: two implementations of the same few ideas, side by side under the same names.
 *
 * <h2>What comes in and goes out</h2>
 *
 * {@link io.tapstack.ip.Ip} is the layer's front. Frames come in through {@link
 * io.tapstack.ip.Ip#receive} and are taken apart by {@code Ipv4} and {@code Ipv6}: lengths first,
 * then who it is from, then whom it is for, then its extension headers. What survives goes to the
 * {@link io.tapstack.ip.IpTransport} registered for its protocol, or to ICMP. Transports send with
 * {@link io.tapstack.ip.Ip#send}: a route is looked up ({@link io.tapstack.ip.RouteTable}), the
 * next hop's MAC address is taken from the interface's {@link io.tapstack.link.NeighbourCache}, the
 * headers are prepended and the link transmits. A packet whose next hop is not resolved yet waits
 * in that cache, as a copy. A packet to one of the stack's own addresses goes through a bounded
 * queue and comes back by {@link io.tapstack.ip.Ip#deliverLooped}, never by recursion.
 *
 * <h2>Who owns which buffer</h2>
 *
 * {@code receive} takes the packet over: it hands it on to exactly one transport, or releases it.
 * {@code send} leaves the packet with its caller and restores {@code start}, so the caller may
 * release or reuse it at once.
 *
 * <h2>Rules</h2>
 *
 * RFC 791, 1122 (hosts), 826 (ARP, in the link package), 792; RFC 8200, 4291, 4443, 4861; RFC 6864
 * for the IPv4 identification, RFC 6724 for source addresses. Every drop is counted by its reason
 * ({@link io.tapstack.ip.IpDrop}). Nothing here throws because of what a frame holds, and every
 * table is bounded.
 *
 * <h2>What it deliberately does not do</h2>
 *
 * The host never forwards. Source routes and type 0 routing headers are not followed. Fragments
 * (other than atomic ones, RFC 6946), redirects and router advertisements are counted and dropped:
 * addresses and routes are static.
 */
@NullMarked
package io.tapstack.ip;

import org.jspecify.annotations.NullMarked;

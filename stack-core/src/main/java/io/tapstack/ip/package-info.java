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
 * <h2>Fragments</h2>
 *
 * {@code Reassembly} puts the datagrams of both versions together: fragments wait in the packets
 * that they came in, sorted by offset, until the datagram is whole, its minute is over, or others
 * need the room. What was put together and is larger than an ordinary packet goes into one of a few
 * large ones ({@link io.tapstack.link.PacketPools}), so datagrams of up to 65,535 bytes get to ICMP
 * and UDP. {@code Fragmentation} cuts what is larger than the MTU, without copying: each fragment
 * is a scratch packet with headers that gathers its run of the original. TCP is never cut.
 *
 * <h2>Path MTU</h2>
 *
 * A "too big" message goes to the transport whose packet it quotes, which alone can tell whether it
 * sent that. What it believes is in a {@link io.tapstack.ip.PathMtuCache}, and datagrams are cut to
 * it; TCP segments fit by themselves, and an IPv4 one has "don't fragment" set.
 *
 * <h2>Who owns which buffer</h2>
 *
 * {@code receive} takes the packet over: it hands it on to exactly one transport, keeps it as a
 * fragment, or releases it. {@code send} leaves the packet with its caller and restores {@code
 * start}, so the caller may release or reuse it at once.
 *
 * <h2>Rules</h2>
 *
 * RFC 791, 1122 (hosts), 826 (ARP, in the link package), 792; RFC 8200, 4291, 4443, 4861; RFC 6864
 * and 7739 for identifications; RFC 5722, 6946, 6980 and 7112 for fragments; RFC 6724 for source
 * addresses; RFC 1191 and 8201 for paths, with the checks of RFC 5927. Every drop is counted by its
 * reason ({@link io.tapstack.ip.IpDrop}). Nothing here throws because of what a frame holds, and
 * every table is bounded.
 *
 * <h2>What it deliberately does not do</h2>
 *
 * The host never forwards. Source routes and type 0 routing headers are not followed. Redirects and
 * router advertisements are counted and dropped: addresses and routes are static. An MTU in a
 * message about ICMP is not learned, and echo replies do not heed what was learned: a stranger
 * could measure it with them.
 */
@NullMarked
package io.tapstack.ip;

import org.jspecify.annotations.NullMarked;

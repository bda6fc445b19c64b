/**
 * UDP over both versions of IP: RFC 768, RFC 1122 section 4.1, RFC 8200 section 8.1.
 *
 * <p>{@link io.tapstack.udp.Udp} finds the socket of a datagram; {@link io.tapstack.udp.UdpSocket}
 * keeps datagrams until the application polls them, in the pool's packets that they came in: who
 * polls one owns it. What waits is bounded per socket, in datagrams and in bytes, and for all
 * sockets together, so that no flood takes the whole pool; what does not fit is dropped and
 * counted.
 *
 * <p>All on the owner's thread. Datagrams larger than the MTU travel in fragments, which is the
 * business of IP; they take one of the few large packets of {@link io.tapstack.link.PacketPools}.
 * What it does not do: join groups, corking.
 */
@NullMarked
package io.tapstack.udp;

import org.jspecify.annotations.NullMarked;

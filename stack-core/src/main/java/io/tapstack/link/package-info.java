/**
 * The link layer: what a device is ({@link io.tapstack.link.Link}), the pooled buffers that frames
 * travel in ({@link io.tapstack.link.Packet}, {@link io.tapstack.link.PacketPool}), Ethernet, and
 * the neighbours of ARP (RFC 826) and Neighbour Discovery (RFC 4861), whose common machine is
 * {@link io.tapstack.link.NeighbourCache}. {@link io.tapstack.link.Pipe} joins two stacks of one
 * process.
 *
 * <h2>Who owns a buffer</h2>
 *
 * A frame that comes in is read by the link into a packet of the stack's pool; from then on exactly
 * one place owns the packet (the layer that looks at it, or the receive ring that it waits in), and
 * that place releases it. A frame that goes out belongs to the stack all the time: {@link
 * io.tapstack.link.Link#transmit} must be done with its bytes when it returns. So a link that
 * cannot send at once copies, and a link that can sends straight from the socket's ring.
 */
@NullMarked
package io.tapstack.link;

import org.jspecify.annotations.NullMarked;

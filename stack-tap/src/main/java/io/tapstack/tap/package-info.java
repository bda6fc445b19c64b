/**
 * The Linux TAP device: an Ethernet interface whose other end is this process.
 *
 * <p>{@link io.tapstack.tap.TapDevice} opens {@code /dev/net/tun}; {@link io.tapstack.tap.TapLink}
 * makes a {@link io.tapstack.link.Link} of it that reads frames straight into the stack's packets
 * and gathers outgoing ones straight from the packet and the socket's ring; {@link
 * io.tapstack.tap.Epoll} waits for such devices and for other threads; {@link
 * io.tapstack.tap.HostInterface} configures the side that Linux sees. Usually in this order,
 * because the link takes its MTU from the device:
 *
 * <pre>{@code
 * TapDevice device = TapDevice.open("tap0");
 * HostInterface host = HostInterface.of(device.name());
 * host.up();
 * host.addAddress(IpAddress.parse("10.77.0.1"), 24);
 * TapLink link = new TapLink(device, TapLink.randomMac());
 * }</pre>
 *
 * <p>The C library is called through jnr-ffi, with addresses of direct buffers as plain numbers: no
 * array is copied and nothing is allocated per frame. 64-bit Linux is required. Not done here:
 * offloads ({@code IFF_VNET_HDR}), several queues, persistent devices, other systems.
 */
@NullMarked
package io.tapstack.tap;

import org.jspecify.annotations.NullMarked;

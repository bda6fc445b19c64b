/**
 * The small services of the {@code tapstack} command, and what they run over.
 *
 * <p>A {@link io.tapstack.cli.service.TcpService} talks over a {@link
 * io.tapstack.cli.service.ByteStream}, which is a connection of this stack, of the kernel's, or of
 * a test; a {@link io.tapstack.cli.service.UdpService} turns one datagram into another. {@link
 * io.tapstack.cli.service.StandardServices} are those of RFC 862 to 868; HTTP has a package of its
 * own. {@link io.tapstack.cli.service.TcpServer} gives every connection a thread, up to a limit.
 */
@NullMarked
package io.tapstack.cli.service;

import org.jspecify.annotations.NullMarked;

/**
 * Mbed OS's network socket API in Java's habits, over Tapstack's own stack.
 *
 * <pre>{@code
 * try (EthernetInterface net = new EthernetInterface()) {
 *   net.setNetwork("10.77.0.2", "255.255.255.0", "10.77.0.1");
 *   NsapiError.check(net.connect());
 *   TCPSocket socket = new TCPSocket();
 *   socket.open(net);
 *   SocketAddress peer = new SocketAddress("10.77.0.1", 80);
 *   NsapiError.check(socket.connect(peer));
 *   socket.send("GET / HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
 *   ...
 *   socket.close();
 * }
 * }</pre>
 *
 * <h2>From C++ to Java</h2>
 *
 * <ul>
 *   <li>Class and method names are Mbed's; words that Mbed joins by underscores are in camel case:
 *       {@code set_blocking} is {@code setBlocking}.
 *   <li>An operation answers a size, zero, or a negative code of {@link
 *       io.tapstack.socket.NsapiError}. Nothing of the network's doing throws.
 *   <li>An out-parameter stays one. If it is an address, the caller passes a {@link
 *       io.tapstack.socket.SocketAddress} to be filled in; if it is a number, an {@code int[]}
 *       whose first element is set. Where Mbed lets it be null, null is allowed, and it is left
 *       alone when the operation fails.
 *   <li>{@code nsapi_version_t} is {@link io.tapstack.socket.NsapiVersion}. Other enumerations are
 *       {@code int} constants where they travel with codes.
 *   <li>Payloads are {@code byte[]} (whole or a range), {@code ByteBuffer}, or netty's {@code
 *       ByteBuf}; the latter two are advanced by what was sent or received.
 *   <li>A socket that {@code accept} made is closed like any other; a second {@code close} answers
 *       {@code NO_SOCKET} and does no harm.
 * </ul>
 *
 * <h2>Threads</h2>
 *
 * Any number of threads may use one socket. Operations that wait park without holding a lock, so a
 * virtual thread that waits frees its carrier. Bytes of two threads that send at once on one {@code
 * TCPSocket} may be interleaved at any boundary. {@code close} wakes whoever waits, with {@code
 * NO_SOCKET}.
 */
@NullMarked
package io.tapstack.socket;

import org.jspecify.annotations.NullMarked;

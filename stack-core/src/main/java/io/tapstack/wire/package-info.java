/**
 * One class per header: a view over bytes, its fields, its checks, its RFC.
 *
 * <p>Two levels. For the hot path, {@code static} accessors over {@code (buffer, offset)}: no
 * object is made, and no other class of the project knows an offset. A header's {@code check}
 * validates every length before anything is read, so the accessors need no checks of their own. For
 * tests, logs and cold paths, a {@code record} that parses, prints and builds.
 *
 * <p>Buffers are {@link java.nio.ByteBuffer}s in their default order, big-endian, which is the
 * network's; only absolute accessors are used, so position and limit are never touched. IP
 * addresses travel as two {@code long}s, IPv4 in its IPv4-mapped form (RFC 4291 section 2.5.5.2),
 * MAC addresses as the low 48 bits of a {@code long}.
 *
 * <p>This package imports nothing of the project's.
 */
@NullMarked
package io.tapstack.wire;

import org.jspecify.annotations.NullMarked;

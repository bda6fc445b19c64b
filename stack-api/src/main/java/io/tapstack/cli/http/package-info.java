/**
 * As much of HTTP/1.1 (RFC 9110, RFC 9112) as {@code serve}, {@code get}, {@code sim} and {@code
 * demo} speak.
 *
 * <p>{@link io.tapstack.cli.http.HttpHead} parses the head of a message from bytes, and knows
 * nothing of where they come from; {@link io.tapstack.cli.http.HttpInput} reads heads and bodies
 * from a {@link io.tapstack.cli.service.ByteStream}; {@link io.tapstack.cli.http.HttpService}
 * answers; {@link io.tapstack.cli.http.HttpGet} asks. Everything a peer can make long has a limit:
 * see {@link io.tapstack.cli.http.HttpLimits}.
 *
 * <p>Deliberately absent: TLS, compression, ranges, caching, redirects, pipelining of more than the
 * next request.
 */
@NullMarked
package io.tapstack.cli.http;

import org.jspecify.annotations.NullMarked;

/**
 * The {@code tapstack} command against Linux, over a TAP device in the namespace of the tests: what
 * a user would type, run as processes of their own, with the kernel's TCP on the other side.
 *
 * <p>Sizes are small enough for every build; with {@code -Dtapstack.big=true} they are those of a
 * soak: a gigabyte each way, 200 connections at once.
 */
@NullMarked
package io.tapstack.it.cli;

import org.jspecify.annotations.NullMarked;

/**
 * The tests that need a kernel. Those with {@link io.tapstack.it.RequiresTap} open TAP devices; the
 * module's whole JVM runs in a network namespace made for the run, see {@code
 * src/test/netns/bin/java}.
 */
@NullMarked
package io.tapstack.it;

import org.jspecify.annotations.NullMarked;

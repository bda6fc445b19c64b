/**
 * Which test proves which requirement.
 *
 * <p>A test cites what it proves in the comment directly above its method or class, or in a line
 * comment of a script: the word "Proves", a colon, and citations with semicolons between them, such
 * as {@code RFC 9293 MUST-10; RFC 8985 7.2; attack 13}. What can be cited stands in the resources
 * {@code requirements/*.txt}, and beside it, in {@code deviations.txt}, the reason why a
 * requirement has no test. {@link io.tapstack.requirements.RequirementsTest} holds the three
 * together; {@link io.tapstack.requirements.Requirements} prints them.
 */
@NullMarked
package io.tapstack.requirements;

import org.jspecify.annotations.NullMarked;

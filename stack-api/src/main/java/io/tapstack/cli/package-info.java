/**
 * The {@code tapstack} command: the stack for those who do not write a line.
 *
 * <p>{@link io.tapstack.cli.Tapstack} is the entry; a class per subcommand holds its options and
 * its course. What the subcommands share: {@code NetworkOptions}, the options that say which
 * network to run; {@code StackNetwork}, that network once it is open; {@code Failure}, a sentence
 * that ends the command with exit status 1. A wrong option ends it with a sentence and exit status
 * 2. No command prints a stack trace.
 */
@NullMarked
package io.tapstack.cli;

import org.jspecify.annotations.NullMarked;

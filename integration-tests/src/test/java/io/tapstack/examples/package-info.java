/** Programs that show the socket API, as a user would write them. Tests run them. */
@NullMarked
package io.tapstack.examples;

import org.jspecify.annotations.NullMarked;

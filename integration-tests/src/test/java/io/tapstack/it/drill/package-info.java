/** Scripts in the packetdrill language, and mutants of them that grade the runner. */
@NullMarked
package io.tapstack.it.drill;

import org.jspecify.annotations.NullMarked;

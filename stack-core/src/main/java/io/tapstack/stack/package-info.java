/**
 * The whole stack as one value: {@link io.tapstack.stack.NetworkStack} puts the layers together.
 * Frames, calls and time go in; frames and events come out. It never starts a thread, blocks, reads
 * a clock or draws randomness that was not handed in, so one seed replays a whole network.
 */
@NullMarked
package io.tapstack.stack;

import org.jspecify.annotations.NullMarked;

/** What applications call: the loop that drives a stack, and Mbed's socket classes. */
module io.tapstack.api {
  requires static transitive org.jspecify;
  requires transitive io.tapstack.core;
  requires transitive io.netty.buffer;

  exports io.tapstack.socket;
}

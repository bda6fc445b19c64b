/** What applications call: the loop that drives a stack, Mbed's socket classes, the command. */
module io.tapstack.api {
  requires static transitive org.jspecify;
  requires transitive io.tapstack.core;
  requires transitive io.tapstack.tap;
  requires transitive io.netty.buffer;
  requires info.picocli;

  exports io.tapstack.drill;
  exports io.tapstack.runtime;
  exports io.tapstack.socket;

  opens io.tapstack.cli to
      info.picocli;
}

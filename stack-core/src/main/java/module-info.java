/** The protocols: pure Java, no I/O, no threads, no wall clock. */
module io.tapstack.core {
  requires static transitive org.jspecify;

  exports io.tapstack.base;
  exports io.tapstack.ip;
  exports io.tapstack.link;
  exports io.tapstack.sim;
  exports io.tapstack.stack;
  exports io.tapstack.tcp;
  exports io.tapstack.udp;
  exports io.tapstack.wire;
}

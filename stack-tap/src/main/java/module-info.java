/** The Linux TAP device, configuration of its host side, and waiting for it. */
module io.tapstack.tap {
  requires transitive io.tapstack.core;
  requires static transitive org.jspecify;
  requires org.jnrproject.ffi;
  requires org.jnrproject.jffi;
  // jnr-ffi is an automatic module and cannot name what it needs: without these lines it fails on
  // the module path with NoClassDefFoundError.
  requires org.objectweb.asm;
  requires org.objectweb.asm.util;
  requires org.objectweb.asm.commons;

  exports io.tapstack.tap;
}

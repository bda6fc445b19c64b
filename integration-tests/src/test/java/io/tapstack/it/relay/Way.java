package io.tapstack.it.relay;

/** Who sends to whom. */
enum Way {
  LINUX_TO_LINUX("Linux to Linux"),
  STACK_TO_LINUX("stack to Linux"),
  LINUX_TO_STACK("Linux to stack");

  final String label;

  Way(String label) {
    this.label = label;
  }

  boolean stackSends() {
    return this == STACK_TO_LINUX;
  }

  boolean stackReceives() {
    return this == LINUX_TO_STACK;
  }
}

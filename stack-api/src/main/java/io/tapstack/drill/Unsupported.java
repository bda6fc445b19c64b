package io.tapstack.drill;

/** A script asks for something that the runner or the stack does not have; the message names it. */
final class Unsupported extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Unsupported(String what) {
    super(what);
  }
}

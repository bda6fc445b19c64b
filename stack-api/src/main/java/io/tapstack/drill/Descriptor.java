package io.tapstack.drill;

/** What a descriptor of a script stands for. */
sealed interface Descriptor permits StreamSocket, DatagramSocket, EventPoll {
  /** What {@code poll} says of it, in Linux's bits. */
  long ready();

  /** Which of these bits were said anew since the last time that this was asked. */
  long takeEdges();

  /** The application gives it up; a socket goes on as its protocol wants it. */
  void close();

  /** Whether calls return where they would block. */
  boolean isNonBlocking();

  /** Says whether calls return where they would block. */
  void nonBlocking(boolean on);
}

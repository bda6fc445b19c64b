package io.tapstack.link;

/**
 * A device that carries Ethernet frames: a TAP, one end of a pipe, a simulated wire. Decorators add
 * capture or impairment.
 *
 * <p>Thread: all methods are called by the owner of the one stack that the link is attached to,
 * except where a class says otherwise.
 */
public interface Link extends AutoCloseable {
  /** A short name for messages and captures, such as {@code tap0}. */
  String name();

  /** The stack's own address on this link, see {@link io.tapstack.wire.Mac}. */
  long mac();

  /** The largest network packet that a frame may carry, in bytes, without the Ethernet header. */
  int mtu();

  /** What the device does so that the stack need not. */
  default LinkCapabilities capabilities() {
    return LinkCapabilities.NONE;
  }

  /**
   * Sends a frame, from its Ethernet header to its last gathered byte. The packet stays the
   * caller's; the link is done with its bytes when this returns, and changes nothing in it.
   *
   * @return false if the link dropped the frame, because its queue is full or it is down
   */
  boolean transmit(Packet frame);

  /**
   * Reads the next frame that has come in, if one has.
   *
   * @param frame an empty packet; the link sets {@code start} and {@code end}
   * @return false if nothing has come in
   */
  boolean receive(Packet frame);

  /**
   * Tells whom to wake when a frame comes in while nobody polls. A link that a device's file
   * descriptor announces ignores it.
   *
   * @param wakeup called from any thread, must not block
   */
  default void onReceivable(Runnable wakeup) {}

  /** Gives the device back. Safe to call twice. */
  @Override
  void close();
}

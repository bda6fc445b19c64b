package io.tapstack.socket;

import io.tapstack.link.Link;
import java.io.IOException;

/** Where an {@link EthernetInterface} gets its link from when it is connected. */
interface Device {
  /** The name of the interface before there is a link. */
  String name();

  /**
   * Makes the link ready.
   *
   * @throws IOException with a message that says what to do
   */
  Link open() throws IOException;

  /** Gives back, after disconnecting, what {@link #open} took. Does not throw: notes a problem. */
  void release(Link link) throws IOException;

  /** A link of the caller's, which stays open while the interface is disconnected. */
  record Given(Link link) implements Device {
    @Override
    public String name() {
      return link.name();
    }

    @Override
    public Link open() {
      return link;
    }

    @Override
    public void release(Link ours) {
      // It may be connected again; closing the interface closes it.
    }
  }
}

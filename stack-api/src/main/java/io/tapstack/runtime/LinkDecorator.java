package io.tapstack.runtime;

import io.tapstack.link.Link;

/** A link that adds something to another, and lets those ask who need to know the device. */
public interface LinkDecorator extends Link {
  /** The link that this one decorates. */
  Link inner();

  /** The link at the bottom of any number of decorators. */
  static Link innermost(Link link) {
    Link bottom = link;
    while (bottom instanceof LinkDecorator decorator) {
      bottom = decorator.inner();
    }
    return bottom;
  }
}

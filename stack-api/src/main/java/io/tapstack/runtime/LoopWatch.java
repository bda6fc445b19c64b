package io.tapstack.runtime;

import io.tapstack.link.Link;
import io.tapstack.tap.TapException;
import io.tapstack.tap.TapLink;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a loop watches while it waits: links in memory, by parking; and, from the first TAP device
 * on, file descriptors, by epoll.
 *
 * <p>Thread: any; {@link #await} is the loop's.
 */
final class LoopWatch {
  private final ReentrantLock changing = new ReentrantLock();

  /** Guarded by {@link #changing}. */
  private final Set<Link> links = new LinkedHashSet<>();

  /** Replaced once, when the first device comes; see {@link #wakeup}. */
  private volatile LoopWaiter waiter = new ParkWaiter();

  LoopWatch() {}

  void add(Link link) throws IOException {
    changing.lock();
    try {
      links.add(link);
      if (LinkDecorator.innermost(link) instanceof TapLink device) {
        epoll().add(device);
      } else {
        link.onReceivable(this::wakeup);
      }
    } finally {
      changing.unlock();
    }
    wakeup();
  }

  void remove(Link link) {
    changing.lock();
    try {
      links.remove(link);
      if (LinkDecorator.innermost(link) instanceof TapLink device
          && waiter instanceof EpollWaiter epoll) {
        epoll.remove(device);
      }
    } finally {
      changing.unlock();
    }
  }

  private EpollWaiter epoll() throws TapException {
    if (waiter instanceof EpollWaiter epoll) {
      return epoll;
    }
    LoopWaiter old = waiter;
    EpollWaiter epoll = new EpollWaiter();
    waiter = epoll;
    // The loop may be about to wait in the old one: it must not stay there.
    old.wakeup();
    return epoll;
  }

  void await(long nanos) {
    waiter.await(nanos);
  }

  /** Ends the present or the next wait, also if what is waited in is replaced meanwhile. */
  void wakeup() {
    LoopWaiter woken;
    do {
      woken = waiter;
      woken.wakeup();
    } while (woken != waiter);
  }

  /** Closes all links, and what was waited with. Called when nobody waits any more. */
  void close() {
    changing.lock();
    try {
      links.forEach(Link::close);
      waiter.close();
    } finally {
      changing.unlock();
    }
  }
}

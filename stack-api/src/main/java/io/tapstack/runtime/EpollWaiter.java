package io.tapstack.runtime;

import io.tapstack.tap.Epoll;
import io.tapstack.tap.TapException;
import io.tapstack.tap.TapLink;

/** Waits in the kernel: for TAP devices, and for whoever writes to the eventfd beside them. */
final class EpollWaiter implements LoopWaiter {
  private final Epoll epoll = new Epoll();

  EpollWaiter() throws TapException {}

  void add(TapLink link) throws TapException {
    epoll.add(link.fileDescriptor());
  }

  void remove(TapLink link) {
    epoll.remove(link.fileDescriptor());
  }

  @Override
  public void await(long nanos) {
    epoll.await(nanos == Long.MAX_VALUE ? -1 : nanos);
  }

  @Override
  public void wakeup() {
    epoll.wakeup();
  }

  @Override
  public void close() {
    epoll.close();
  }
}

package io.tapstack.socket;

import io.tapstack.runtime.Callback;
import io.tapstack.runtime.StackDriver;
import org.jspecify.annotations.Nullable;

/**
 * The state-change callback of one socket. Edge-triggered and coalesced as Mbed's: between two
 * operations of the application on the socket it is called at most once, for it is disarmed when it
 * is called for and armed again just before an operation tries its luck.
 */
final class Sigio extends Callback {
  private volatile @Nullable Runnable handler;
  private volatile boolean pending;

  Sigio() {}

  void handler(@Nullable Runnable with) {
    handler = with;
    pending = false;
  }

  boolean isSet() {
    return handler != null;
  }

  /** An operation of the application begins. */
  void arm() {
    pending = false;
  }

  /** Something changed. Called by the owner of the stack. */
  void changed(StackDriver driver) {
    if (handler != null && !pending) {
      pending = true;
      driver.post(this);
    }
  }

  @Override
  protected void run() {
    Runnable current = handler;
    if (current != null) {
      current.run();
    }
  }
}

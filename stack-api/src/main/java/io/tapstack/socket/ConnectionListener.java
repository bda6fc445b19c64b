package io.tapstack.socket;

/** Hears of an interface's changes; see {@link NetworkInterface#attach}. */
@FunctionalInterface
public interface ConnectionListener {
  /**
   * Something changed. Called by the thread that caused it, which holds no lock.
   *
   * @param event {@link NetworkInterface#EVENT_CONNECTION_STATUS_CHANGE}
   * @param parameter the status, one of {@link NetworkInterface}'s
   */
  void changed(int event, int parameter);
}

package io.tapstack.cli;

import io.tapstack.sim.SimParticipant;
import io.tapstack.stack.NetworkStack;
import io.tapstack.tcp.TcpEvents;

/** An application on a simulated stack, which gets a turn whenever its connections changed. */
final class SimApplication implements SimParticipant, TcpEvents {
  private final NetworkStack stack;
  private Runnable work = () -> {};
  private boolean ready = true;

  SimApplication(NetworkStack stack) {
    this.stack = stack;
  }

  /** Sets what is done in a turn; it never waits. */
  void runs(Runnable turn) {
    work = turn;
  }

  @Override
  public void changed(int what) {
    ready = true;
  }

  @Override
  public void turn(long now) {
    if (ready) {
      ready = false;
      stack.advance(now);
      work.run();
    }
  }

  @Override
  public long nextDeadline() {
    return ready ? Long.MIN_VALUE : Long.MAX_VALUE;
  }
}

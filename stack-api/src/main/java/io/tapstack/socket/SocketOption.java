package io.tapstack.socket;

/**
 * Mbed's socket options with their numbers. Supported are those that say so; all others answer
 * UNSUPPORTED.
 */
public final class SocketOption {
  /** {@code NSAPI_SOCKET}, the level of all options here. */
  public static final int LEVEL = 7000;

  /**
   * Whether a port may be bound on which connections of before linger: 0 or 1. TCP; set it before
   * binding.
   */
  public static final int REUSEADDR = 0;

  /** Whether an idle connection is probed: 0, or anything else. TCP. */
  public static final int KEEPALIVE = 1;

  /** How long a connection is idle before it is probed: seconds, at least 1; 7200. TCP. */
  public static final int KEEPIDLE = 2;

  /** The time between probes: seconds, at least 1; 75. TCP. */
  public static final int KEEPINTVL = 3;

  /**
   * What close does with what was not delivered yet. -1, the default: close returns at once, and
   * the stack goes on. A number of seconds: close returns once the peer has everything, or after
   * that time. 0: all is thrown away, and the peer gets RST. TCP.
   */
  public static final int LINGER = 4;

  public static final int SNDBUF = 5;
  public static final int RCVBUF = 6;
  public static final int ADD_MEMBERSHIP = 7;
  public static final int DROP_MEMBERSHIP = 8;
  public static final int BIND_TO_DEVICE = 9;
  public static final int LATENCY = 10;
  public static final int STAGGER = 11;

  /**
   * The type of service or traffic class of what is sent: 0 to 255. UDP; TCP, where the two low
   * bits belong to congestion notification and are ignored.
   */
  public static final int IPTOS = 12;

  public static final int BROADCAST = 13;
  public static final int PKTINFO = 14;

  /**
   * How many unanswered probes end a connection: 2 to 127; 9. TCP. Mbed does not have it; Linux
   * calls it TCP_KEEPCNT.
   */
  public static final int KEEPCNT = 1000;

  /**
   * How long what was sent may stay unacknowledged before the connection ends: milliseconds; 0, the
   * default, is for the limit of the stack, 15 minutes. TCP. Mbed does not have it; Linux calls it
   * TCP_USER_TIMEOUT.
   */
  public static final int USER_TIMEOUT = 1001;

  private SocketOption() {}
}

package io.tapstack.socket;

import java.util.Map;
import java.util.TreeMap;

/**
 * The codes that socket operations answer with: zero or a size when they worked, one of these
 * negative numbers when they did not. The values are those of {@code nsapi_types.h}, without the
 * {@code NSAPI_ERROR_} prefix of their names.
 *
 * <p>Most programs compare codes. One that prefers exceptions wraps a call:
 *
 * <pre>{@code
 * int sent = NsapiError.check(socket.send(request));
 * }</pre>
 */
public final class NsapiError {
  /** No error. */
  public static final int OK = 0;

  /** Nothing can be done now: the call would block, or its timeout has expired. */
  public static final int WOULD_BLOCK = -3001;

  /** The operation, protocol or option is not supported here. */
  public static final int UNSUPPORTED = -3002;

  /** A parameter makes no sense, or the address is taken or not ours (Mbed's code for those). */
  public static final int PARAMETER = -3003;

  /** No connection: never made, refused, reset, or no network leads there. */
  public static final int NO_CONNECTION = -3004;

  /** The socket is not open: never opened, or closed, perhaps by another thread. */
  public static final int NO_SOCKET = -3005;

  /** No address to send to, or none is configured. */
  public static final int NO_ADDRESS = -3006;

  /** A configured limit is reached. */
  public static final int NO_MEMORY = -3007;

  /** The wireless network was not found. */
  public static final int NO_SSID = -3008;

  /** The name could not be resolved. */
  public static final int DNS_FAILURE = -3009;

  /** No address was obtained by DHCP. */
  public static final int DHCP_FAILURE = -3010;

  /** Authentication failed. */
  public static final int AUTH_FAILURE = -3011;

  /** The device failed. */
  public static final int DEVICE_ERROR = -3012;

  /** The operation has begun and goes on. */
  public static final int IN_PROGRESS = -3013;

  /** The operation had begun before and goes on. */
  public static final int ALREADY = -3014;

  /** The socket or interface is connected already. */
  public static final int IS_CONNECTED = -3015;

  /** The connection was lost. */
  public static final int CONNECTION_LOST = -3016;

  /** The connection timed out. */
  public static final int CONNECTION_TIMEOUT = -3017;

  /** The multicast group was joined already; a bind conflict answers {@link #PARAMETER}. */
  public static final int ADDRESS_IN_USE = -3018;

  /** The operation timed out. */
  public static final int TIMEOUT = -3019;

  /** The device is busy and takes no new operation. */
  public static final int BUSY = -3020;

  private static final Map<Integer, String[]> WORDS = words();

  private NsapiError() {}

  /**
   * The name of a code, such as {@code NO_CONNECTION}; a size or zero is {@code OK}, and a number
   * that is no code is {@code UNKNOWN(-1)}.
   */
  public static String name(int code) {
    String[] words = WORDS.get(Math.min(code, 0));
    return words == null ? "UNKNOWN(" + code + ")" : words[0];
  }

  /** A code said in words, to stand in a message. */
  public static String describe(int code) {
    String[] words = WORDS.get(Math.min(code, 0));
    return words == null ? code + " is no code of the socket API" : words[1];
  }

  /**
   * Turns a code into an exception for those who want one.
   *
   * @return {@code result} if it is not negative
   * @throws NsapiException if it is
   */
  public static int check(int result) {
    if (result < 0) {
      throw new NsapiException(result);
    }
    return result;
  }

  /**
   * Like {@link #check(int)}, with words about what was tried.
   *
   * @param doing what was tried, such as {@code "connect to 10.77.0.1:80"}
   * @throws NsapiException if {@code result} is negative; its message begins with {@code doing}
   */
  public static int check(int result, String doing) {
    if (result < 0) {
      throw new NsapiException(result, doing);
    }
    return result;
  }

  private static Map<Integer, String[]> words() {
    Map<Integer, String[]> words = new TreeMap<>();
    put(words, OK, "OK", "no error");
    put(words, WOULD_BLOCK, "WOULD_BLOCK", "nothing can be done now, or the timeout has expired");
    put(words, UNSUPPORTED, "UNSUPPORTED", "this is not supported");
    put(words, PARAMETER, "PARAMETER", "a parameter is invalid, or the address cannot be used");
    put(
        words,
        NO_CONNECTION,
        "NO_CONNECTION",
        "there is no connection: never made, refused, reset, or no way leads there");
    put(words, NO_SOCKET, "NO_SOCKET", "the socket is not open");
    put(words, NO_ADDRESS, "NO_ADDRESS", "the address is not known");
    put(words, NO_MEMORY, "NO_MEMORY", "a configured limit is reached");
    put(words, NO_SSID, "NO_SSID", "the wireless network was not found");
    put(words, DNS_FAILURE, "DNS_FAILURE", "the name could not be resolved");
    put(words, DHCP_FAILURE, "DHCP_FAILURE", "no address was obtained by DHCP");
    put(words, AUTH_FAILURE, "AUTH_FAILURE", "authentication failed");
    put(words, DEVICE_ERROR, "DEVICE_ERROR", "the network device failed");
    put(words, IN_PROGRESS, "IN_PROGRESS", "the operation is in progress");
    put(words, ALREADY, "ALREADY", "the operation was in progress already");
    put(words, IS_CONNECTED, "IS_CONNECTED", "it is connected already");
    put(words, CONNECTION_LOST, "CONNECTION_LOST", "the connection was lost");
    put(words, CONNECTION_TIMEOUT, "CONNECTION_TIMEOUT", "the connection timed out");
    put(words, ADDRESS_IN_USE, "ADDRESS_IN_USE", "the group was joined already");
    put(words, TIMEOUT, "TIMEOUT", "the operation timed out");
    put(words, BUSY, "BUSY", "the device is busy");
    return Map.copyOf(words);
  }

  private static void put(Map<Integer, String[]> words, int code, String name, String text) {
    words.put(code, new String[] {name, text});
  }
}

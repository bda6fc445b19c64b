package io.tapstack.socket;

/** A negative code of the socket API as an exception; see {@link NsapiError#check(int)}. */
public final class NsapiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;

  /**
   * Creates the exception.
   *
   * @param code one of {@link NsapiError}'s
   */
  public NsapiException(int code) {
    super(NsapiError.name(code) + ": " + NsapiError.describe(code));
    this.code = code;
  }

  /**
   * Creates the exception with words about what was tried.
   *
   * @param code one of {@link NsapiError}'s
   * @param doing what was tried; the message begins with it
   */
  public NsapiException(int code, String doing) {
    super(doing + ": " + NsapiError.describe(code) + " (" + NsapiError.name(code) + ")");
    this.code = code;
  }

  /** The code, one of {@link NsapiError}'s. */
  public int code() {
    return code;
  }
}

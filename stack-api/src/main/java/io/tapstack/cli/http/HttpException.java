package io.tapstack.cli.http;

import java.io.IOException;

/** A message that cannot be understood or will not be served, with the status that says so. */
public final class HttpException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String fields;

  HttpException(int status, String message) {
    this(status, message, "");
  }

  /** With fields that belong into the answer, each with its line end. */
  HttpException(int status, String message, String fields) {
    super(message);
    this.status = status;
    this.fields = fields;
  }

  String fields() {
    return fields;
  }

  /** The status code to answer with. */
  public int status() {
    return status;
  }
}

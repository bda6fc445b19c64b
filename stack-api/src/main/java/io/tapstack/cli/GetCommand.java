package io.tapstack.cli;

import io.tapstack.cli.http.HttpGet;
import io.tapstack.cli.http.HttpUrl;
import io.tapstack.cli.http.Sha256;
import io.tapstack.cli.service.ByteStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code tapstack get}: fetches one resource through the stack. */
@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    description = "Fetch an http URL through the stack.")
final class GetCommand implements Callable<Integer> {
  @Mixin private NetworkOptions network = new NetworkOptions();
  @Mixin private TimeoutOption timeout = new TimeoutOption();

  @Parameters(
      paramLabel = "URL",
      converter = UrlConverter.class,
      description = "Such as http://10.77.0.1:8000/file or http://[fd77::1]:8000/file.")
  private @Nullable HttpUrl url;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the body to a file instead of standard output.")
  private @Nullable Path file;

  @Option(
      names = "--sha256",
      description = "Print the SHA-256 of the body; without -o, instead of the body.")
  private boolean sha256;

  GetCommand() {}

  @Override
  public Integer call() throws IOException {
    network.check();
    HttpUrl from = Objects.requireNonNull(url);
    MessageDigest digest = Sha256.digest();
    try (Network stack = StackNetwork.open(network);
        ByteStream stream =
            stack.connect(from.address(), from.port(), timeout.millis(), timeout.millis());
        OutputStream out = new DigestOutputStream(output(), digest)) {
      HttpGet get = HttpGet.send(stream, from);
      Progress progress = Progress.onStandardError("get", get.length());
      long length = get.copyTo(out, progress::at);
      out.flush();
      progress.end(length);
    }
    if (sha256) {
      System.out.println(Sha256.hex(digest) + "  " + (file == null ? "-" : file));
    }
    return 0;
  }

  private OutputStream output() throws IOException {
    if (file != null) {
      try {
        return Files.newOutputStream(file);
      } catch (IOException e) {
        throw new Failure("cannot write " + file + ": " + e.getClass().getSimpleName(), e);
      }
    }
    return sha256 ? OutputStream.nullOutputStream() : new StandardOutput();
  }

  /** Standard output, which is not ours to close. */
  private static final class StandardOutput extends FilterOutputStream {
    StandardOutput() {
      super(System.out);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      out.write(from, offset, length);
      if (System.out.checkError()) {
        throw new IOException("standard output is closed");
      }
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }

  /** Reads the URL. */
  static final class UrlConverter implements ITypeConverter<HttpUrl> {
    @Override
    public HttpUrl convert(String text) {
      try {
        return HttpUrl.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}

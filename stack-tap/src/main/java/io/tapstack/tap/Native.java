package io.tapstack.tap;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.util.Set;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/**
 * The C library as far as this package needs it, and the few things that go with calling it: {@code
 * errno} and the address of a buffer.
 *
 * <p>Thread: any. {@code errno} is that of the calling thread's last call.
 */
final class Native {
  static final int O_RDWR = 2;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;

  /** Architectures that share one set of numbers for flags and system calls, all 64 bits wide. */
  private static final Set<String> ARCHITECTURES =
      Set.of("amd64", "x86_64", "aarch64", "riscv64", "loongarch64", "s390x", "ppc64", "ppc64le");

  /** The functions, as they are declared in C. Every {@code long} called address is a pointer. */
  public interface LibC {
    int open(CharSequence path, int flags);

    int close(int fd);

    int ioctl(int fd, long request, long address);

    long read(int fd, long address, long length);

    long write(int fd, long address, long length);

    long writev(int fd, long vectorAddress, int count);

    int eventfd(int value, int flags);

    int epoll_create1(int flags);

    int epoll_ctl(int epoll, int operation, int fd, long eventAddress);

    int epoll_wait(int epoll, long eventsAddress, int count, int timeoutMillis);

    int socket(int family, int type, int protocol);

    int setsockopt(int fd, int level, int option, long address, int length);

    long syscall(long number, long a, long b, long c, long d, long e, long f);
  }

  private static final class Holder {
    static final Native INSTANCE = new Native();
  }

  final LibC c;
  private final Runtime runtime;

  private Native() {
    c = LibraryLoader.create(LibC.class).failImmediately().load("c");
    runtime = Runtime.getRuntime(c);
  }

  /**
   * The C library of this process.
   *
   * @throws TapException if this is no 64-bit Linux, or jnr-ffi cannot load its native part
   */
  static Native load() throws TapException {
    String system = System.getProperty("os.name");
    String architecture = System.getProperty("os.arch");
    if (!system.equals("Linux") || !ARCHITECTURES.contains(architecture)) {
      throw new TapException(
          TapException.Reason.UNSUPPORTED,
          "TAP devices are supported on 64-bit Linux, and this is "
              + system
              + " on "
              + architecture
              + "; run the stack over another link here, such as a simulated one");
    }
    try {
      return Holder.INSTANCE;
    } catch (LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new TapException(
          TapException.Reason.UNSUPPORTED,
          "the C library cannot be called through jnr-ffi ("
              + cause
              + "); jnr-ffi unpacks its native part into "
              + System.getProperty("java.io.tmpdir")
              + ": if that is mounted noexec or cannot be written, choose another directory with"
              + " -Djava.io.tmpdir=DIR",
          e);
    }
  }

  /** The error number of this thread's last call that failed. */
  int errno() {
    return LastError.getLastError(runtime);
  }

  /**
   * Where a direct buffer's index 0 is in memory. The address is good as long as somebody holds the
   * buffer.
   */
  static long address(ByteBuffer direct) {
    if (!direct.isDirect()) {
      throw new IllegalArgumentException("the device needs a direct buffer, and this is " + direct);
    }
    return MemoryIO.getInstance().getDirectBufferAddress(direct);
  }
}

package io.tapstack.tap;

/** Error numbers of Linux, and what they say in words. The numbers are those of asm-generic. */
final class Errno {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EIO = 5;
  static final int ENXIO = 6;
  static final int EAGAIN = 11;
  static final int EACCES = 13;
  static final int EBUSY = 16;
  static final int EEXIST = 17;
  static final int ENODEV = 19;
  static final int EINVAL = 22;
  static final int ENFILE = 23;
  static final int EMFILE = 24;
  static final int ENOSYS = 38;
  static final int EBADFD = 77;
  static final int EADDRNOTAVAIL = 99;

  private Errno() {}

  /** The error's name and meaning, such as "EBUSY, device or resource busy". */
  static String words(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM, operation not permitted";
      case ENOENT -> "ENOENT, no such file or directory";
      case EINTR -> "EINTR, interrupted system call";
      case EIO -> "EIO, input/output error";
      case ENXIO -> "ENXIO, no such device or address";
      case 9 -> "EBADF, bad file descriptor";
      case EAGAIN -> "EAGAIN, resource temporarily unavailable";
      case 12 -> "ENOMEM, cannot allocate memory";
      case EACCES -> "EACCES, permission denied";
      case 14 -> "EFAULT, bad address";
      case EBUSY -> "EBUSY, device or resource busy";
      case EEXIST -> "EEXIST, already exists";
      case ENODEV -> "ENODEV, no such device";
      case EINVAL -> "EINVAL, invalid argument";
      case ENFILE -> "ENFILE, too many open files in the system";
      case EMFILE -> "EMFILE, too many open files in this process";
      case 28 -> "ENOSPC, no space left";
      case 34 -> "ERANGE, result out of range";
      case ENOSYS -> "ENOSYS, the kernel has no such system call";
      case EBADFD -> "EBADFD, the device behind the descriptor is gone";
      case 90 -> "EMSGSIZE, message too long";
      case 93 -> "EPROTONOSUPPORT, protocol not supported";
      case 95 -> "EOPNOTSUPP, operation not supported";
      case 97 -> "EAFNOSUPPORT, address family not supported";
      case EADDRNOTAVAIL -> "EADDRNOTAVAIL, address not available";
      case 100 -> "ENETDOWN, network is down";
      case 105 -> "ENOBUFS, no buffer space available";
      default -> "error number " + errno;
    };
  }
}

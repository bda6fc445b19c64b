package io.tapstack.it.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.drill.Mode;
import io.tapstack.drill.Runner;
import io.tapstack.drill.Script;
import io.tapstack.drill.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of the packetdrill language that our own scripts do not use, and what is no script. */
class LanguageTest {
  private static final String LISTEN =
      """
      0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
      +0 bind(3, ..., ...) = 0
      +0 listen(3, 1) = 0
      +0 < S 0:0(0) win 1000 <mss 1000,sackOK>
      """;

  private static final String ESTABLISHED =
      LISTEN
          + """
          +0 > S. 0:0(0) ack 1 <...>
          +0 < . 1:1(0) ack 1 win 1000
          +0 accept(3, ..., ...) = 4
          """;

  private static Verdict run(Mode mode, String text) {
    return new Runner(mode, Map.of()).run(Script.parse(text));
  }

  private static void assertPasses(String text) {
    assertThat(run(Mode.EXACT, text)).hasToString("passed");
    assertThat(run(Mode.NEUTRAL, text)).hasToString("passed");
  }

  private static void assertFails(String text, String seen) {
    assertThat(run(Mode.EXACT, text)).isInstanceOf(Verdict.Failed.class).asString().contains(seen);
  }

  @Test
  void optionsShellLinesTimesStructuresAndEpoll() {
    assertPasses(
        """
        --tolerance_usecs=4000 --mtu=1500 --remote_ip="192.0.2.1"
        -D PORT=8080
        -D SEG=1000
        `sysctl -q net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=1
        ../common/set_sysctls.py /proc/sys/net/ipv4/tcp_fin_timeout=30
        ip tcp_metrics flush all > /dev/null 2>&1
        ip route change 192.0.2.0/24 via 192.168.0.1 dev tun0 initcwnd 4
        nstat > /dev/null`
        /* a comment
           of two lines */
        0 `sysctl -q net.ipv4.tcp_fin_timeout=30`
        0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
        +0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
        +0 bind(3, {sa_family = AF_INET, sin_port = htons(PORT),
                    sin_addr = inet_addr("0.0.0.0")}, ...) = 0
        +0 listen(3, 1) = 0
        +0 epoll_create(1) = 5
        +0 epoll_ctl(5, EPOLL_CTL_ADD, 3, {events=EPOLLIN, fd=3}) = 0
        +0 accept(3, ..., ...) = -1 EAGAIN (Resource temporarily unavailable)
        +0...0.1 epoll_wait(5, {events=EPOLLIN, fd=3}, 1, 1000) = 1
        +.1 < [ect0] 8080 > 8080 S 0:0(0) win 32792 <mss SEG,nop,nop,sackOK>
        +0 > [noecn] S. 0:0(0) ack 1 win 65535 <mss 1460,nop,nop,sackOK>
        +0 < . 1:1(0) ack 1 win 32792
        +0 accept4(3, {sa_family=AF_INET, sin_port=htons(8080)}, [16], SOCK_NONBLOCK) = 4
        +0 getsockname(4, {sa_family=AF_INET, sin_port=htons(8080),
                           sin_addr=inet_addr("192.168.0.1")}, [16]) = 0
        +0 getpeername(4, {sa_family=AF_INET, sin_port=htons(8080),
                           sin_addr=inet_addr("192.0.2.1")}, [16]) = 0
        +0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLIN|EPOLLOUT|EPOLLET, fd=4}) = 0
        +0 epoll_wait(5, {events=EPOLLOUT, fd=4}, 8, 0) = 1
        +0 epoll_wait(5, ..., 8, 0) = 0
        +.1 < P. 1:11(10) ack 1 win 32792 urg 0
        +0 epoll_wait(5, {events=EPOLLIN|EPOLLOUT, fd=4}, 8, 0) = 1
        +0 ioctl(4, SIOCINQ, [10]) = 0
        +0 fcntl(4, F_GETFL) = 0x802 (flags O_RDWR|O_NONBLOCK)
        +0 readv(4, [{..., 4}, {..., 60}], 2) = 10
        * > . 1:1(0) ack 11
        +0 sendmsg(4, {msg_name(...)=..., msg_iov(2)=[{..., 400}, {..., 100}], msg_flags=0}, 0) = 500
        +0 > P. 1:501(500) ack 11
        +.01~+.02 < . 11:11(0) ack 501 win 32792
        +0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1
        `true`
        """);
  }

  @Test
  void assertionsAreEvaluated() {
    String good =
        """
        +0 %{
        assert tcpi_state == TCP_ESTABLISHED
        x = (tcpi_state << 4) + 0x0f  # 31
        assert x // 2 == 15 and (x & 3 or 0) == 3 and not x % 2 == 0, 'x is %d' % x
        assert 0 < tcpi_state <= max(1, min(2, 1)) < 1.5; print(x)
        assert (x == 30 or
                abs(-x) == 31)
        }%
        """;
    assertPasses(ESTABLISHED + good);
    assertFails(
        ESTABLISHED + good.replace("x // 2 == 15", "x // 2 == 16"),
        "expected assert x // 2 == 16 and ( x & 3 or 0 ) == 3 and not x % 2 == 0; seen x = 31");
    assertUnsupported(Mode.EXACT, ESTABLISHED + "+0 %{ if tcpi_state: pass }%\n", "code: if");
    assertUnsupported(Mode.EXACT, ESTABLISHED + "+0 %{ assert len(x) == 1 }%\n", "name x");
    assertUnsupported(Mode.EXACT, ESTABLISHED + "+0 %{ assert 1 % 0 }%\n", "1 % 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ipv4", "ipv6", "ipv4-mapped-ipv6"})
  void datagrams(String version) {
    assertPasses(
        "--ip_version="
            + version
            + """

        0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3
        +0 connect(3, ..., ...) = 0
        +0 write(3, ..., 100) = 100
        +0 > udp (100)
        +.1 < udp (30)
        +0 read(3, ..., 1000) = 30
        +0...0.2 recv(3, ..., 1000, 0) = 40
        +.2 < udp (40)
        +0 write(3, ..., 100) = 100
        +0 > [noecn, ttl 64] udp(100)
        +.1 < icmp unreachable port_unreachable [udp(100)]
        +0 write(3, ..., 100) = -1 ECONNREFUSED (Connection refused)
        """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ipv4", "ipv6", "ipv4-mapped-ipv6"})
  void everyVersionOfIpHasItsSockets(String version) {
    String family = version.equals("ipv4") ? "AF_INET" : "AF_INET6";
    assertPasses(
        ("--ip_version=" + version + "\n" + ESTABLISHED).replace("socket(...", "socket(" + family));
  }

  @Test
  void severalPeersByTheirPorts() {
    assertPasses(
        ESTABLISHED
            + """
            +.1 < 1234 > 8080 S 0:0(0) win 1000 <mss 1000>
            +0 > 8080 > 1234 S. 0:0(0) ack 1 <...>
            +0 < 1234 > 8080 . 1:1(0) ack 1 win 1000
            +0 accept(3, {sin_port=htons(1234)}, ...) = 5
            +0 write(4, ..., 10) = 10
            +0 > P. 1:11(10) ack 1
            +0 write(5, ..., 20) = 20
            +0 > 8080 > 1234 P. 1:21(20) ack 1
            +0 < 1234 > 8080 R. 1:1(0) ack 21 win 0
            +0 < R. 1:1(0) ack 11 win 0
            """);
  }

  /** In each mode, payload is compared with what the other side gave. */
  @Test
  void flagsOfAccurateEcnAndUrgentPointersAreSent() {
    assertPasses(LISTEN.replace("< S 0", "< SEWA 0") + "+0 > SE. 0:0(0) ack 1 <...>\n");
    assertPasses(ESTABLISHED + "+0 < UP. 1:11(10) ack 1 win 1000 urg 5\n+0 > . 1:1(0) ack 11\n");
    assertPasses(ESTABLISHED + "+0 < - 1:11(10) win 1000\n+0 < 0 1:11(10) win 1000\n");
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void whatIsLackingIsUnsupportedByName(Mode mode) {
    assertUnsupported(mode, LISTEN + "+0 > SA. 0:0(0) ack 1 <...>\n", "line 5: accurate ECN");
    assertUnsupported(mode, LISTEN + "+0 > S5. 0:0(0) ack 1 <...>\n", "line 5: accurate ECN");
    assertUnsupported(mode, "0 < S 0:0(0) win 9 <md5 00ff>\n", "MD5 signatures");
    assertUnsupported(mode, "0 < S 0:0(0) win 9 <ECN e0b 1>\n", "accurate ECN (option ECN)");
    assertUnsupported(mode, "0 < gre: S 0:0(0) win 9\n", "encapsulation gre");
    assertUnsupported(mode, "0 < icmp sneeze [0:1(1)]\n", "ICMP sneeze");
    assertUnsupported(mode, LISTEN + "+0 splice(3, 4) = 5\n", "call splice");
    assertUnsupported(mode, ESTABLISHED + "+0 %{ assert tcpi_foo == 10 }%\n", "field tcpi_foo");
    assertUnsupported(
        mode,
        ESTABLISHED + "+0 setsockopt(4, SOL_TCP, TCP_ULP, [1000], 4) = 0\n",
        "setsockopt TCP_ULP");
    assertUnsupported(
        mode, "`sysctl -q net.ipv4.tcp_ecn=17`\n" + LISTEN, "sysctl net.ipv4.tcp_ecn=17");
    assertUnsupported(mode, "`reboot`\n" + LISTEN, "shell command reboot");
    assertUnsupported(mode, "--ip_version=ipv5\n" + LISTEN, "--ip_version=ipv5");
  }

  private static void assertUnsupported(Mode mode, String text, String name) {
    assertThat(run(mode, text)).isInstanceOf(Verdict.NotSupported.class).asString().contains(name);
  }

  @Test
  void whatIsNoScriptIsToldWithItsLine() {
    for (String text :
        List.of(
            "0 this is no script\n",
            "0 < S 0:5(6) win 9\n",
            "0 < X 0:0(0) win 9\n",
            "0 < S 0:0(0) win 99999\n",
            "0 < S 0:0(0) win 9 <mss>\n",
            "+ < S 0:0(0)\n",
            "0 read(3, [1, 2 = 5\n",
            "0 read(3, {a=1\n",
            "0 write(3, \"a",
            "0 %{ assert 1\n",
            "99999999999999999999 < S 0:0(0)\n",
            "0 read(" + "[".repeat(5000) + "\n")) {
      assertThat(run(Mode.EXACT, "// first\n" + text))
          .asString()
          .matches("unsupported: line [23]: (syntax|a time).*");
    }
  }

  @Test
  void whatTheApplicationReadsIsComparedWithWhatThePeerSent() {
    String script =
        ESTABLISHED
            + """
            +0 < P. 1:11(10) ack 1 win 1000
            +0 read(4, ..., 100) = 10
            +0 > . 1:1(0) ack 11
            """;
    assertPasses(script);
  }

  /** Whatever a script says there is a verdict, and soon: random damage to random lines. */
  @Test
  void nothingCrashesTheRunner() throws IOException {
    Random random = new Random(1);
    List<Path> scripts = DrillTest.scripts();
    Runner runner = new Runner(Mode.NEUTRAL, Map.of());
    String alphabet = "0123456789.:,+-*~<>[](){}=|%`\"'/#_ \nSFRPUEWA\u00ff\0";
    for (int i = 0; i < 3000; i++) {
      StringBuilder text =
          new StringBuilder(Files.readString(scripts.get(random.nextInt(scripts.size()))));
      for (int j = random.nextInt(4) + 1; j > 0; j--) {
        int at = random.nextInt(text.length());
        char c = alphabet.charAt(random.nextInt(alphabet.length()));
        switch (random.nextInt(4)) {
          case 0 -> text.insert(at, c);
          case 1 -> text.deleteCharAt(at);
          case 2 -> text.setCharAt(at, c);
          default -> {
            int end = Math.min(text.length(), at + random.nextInt(60));
            text.insert(random.nextInt(text.length()), text.substring(at, end));
          }
        }
      }
      long began = System.nanoTime();
      assertThat(runner.run(Script.parse(text.toString()))).as("%s", text).isNotNull();
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .as("%s", text)
          .isLessThan(Duration.ofSeconds(60)); // far beyond the runner's own bound
    }
  }
}

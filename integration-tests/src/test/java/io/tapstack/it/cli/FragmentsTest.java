package io.tapstack.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.it.RequiresTap;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Datagrams larger than the MTU, between the kernel and the stack. */
@RequiresTap
class FragmentsTest {
  private static final String V4 = "10.77.9.2";
  private static final String V6 = "fd77:9::2";

  private static Program serve;

  @BeforeAll
  static void start() throws Exception {
    serve =
        Program.tapstack(
            "serve",
            "--tap",
            "tapfragments",
            "--address",
            V4 + "/24",
            "--address",
            V6 + "/64",
            "--host-address",
            "10.77.9.1/24",
            "--host-address",
            "fd77:9::1/64",
            "--services",
            "echo");
    serve.awaitOutput("Ctrl-C stops");
  }

  @AfterAll
  static void stop() throws Exception {
    try {
      assertThat(serve.err()).isEmpty();
      serve.stop();
      serve.expectExit(143, 10);
      assertThat(NetworkInterface.getByName("tapfragments")).isNull();
    } finally {
      serve.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    V4 + ", 1472", V4 + ", 1473", V4 + ", 3000", V4 + ", 65507",
    V6 + ", 1452", V6 + ", 1453", V6 + ", 1472", V6 + ", 65487",
  })
  void pingIsAnswered(String address, int size) throws Exception {
    Program.require("ping");
    String said = Program.shell("ping -n -c 1 -W 10 -s " + size + " " + address);
    assertThat(said).contains("1 received, 0% packet loss").contains(size + 8 + " bytes from");
  }

  @ParameterizedTest
  @CsvSource({"10.77.8., /24, 1473", "10.77.8., /24, 65507", "fd77:8::, /64, 65487"})
  void theStackPingsTheKernel(String prefix, String length, int size) throws Exception {
    try (Program ping =
        Program.tapstack(
            "ping",
            prefix + "1",
            "-c",
            "2",
            "-s",
            String.valueOf(size),
            "-W",
            "5",
            "--tap",
            "tapfragping",
            "--address",
            prefix + "2" + length,
            "--host-address",
            prefix + "1" + length)) {
      ping.expectExit(0, 30);
      assertThat(ping.out()).contains(size + 8 + " bytes from " + prefix + "1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {V4, V6})
  void aLargeDatagramIsEchoed(String address) throws Exception {
    Random random = new Random(9);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(10_000);
      for (int length : new int[] {1472, 1473, 2000, 9000, 60_000, 65_507}) {
        byte[] said = new byte[length];
        random.nextBytes(said);
        socket.send(new DatagramPacket(said, length, new InetSocketAddress(address, 7)));
        DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
        socket.receive(answer);
        assertThat(Arrays.copyOf(answer.getData(), answer.getLength())).isEqualTo(said);
      }
    }
  }
}

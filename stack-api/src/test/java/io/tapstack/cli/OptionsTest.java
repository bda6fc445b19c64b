package io.tapstack.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** A wrong option gets one sentence and exit status 2, before anything is opened. */
class OptionsTest {
  private final StringWriter err = new StringWriter();
  private final StringWriter out = new StringWriter();

  private int run(String arguments) {
    CommandLine command =
        Tapstack.commandLine()
            .setErr(new PrintWriter(err, true))
            .setOut(new PrintWriter(out, true));
    return command.execute(arguments.isEmpty() ? new String[0] : arguments.split(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                 | a command is missing; expected demo, serve, get",
        "sevre                              | there is no command \"sevre\"; expected demo, serve, get",
        "sevre                              | did you mean serve; see 'tapstack --help'",
        "serve --hots-address 10.77.0.1/24  | no option --hots-address; did you mean --host-address",
        "serve --frobnicate                 | there is no option --frobnicate; see 'tapstack serve",
        "serve --tpa tap0                   | there is no option --tpa; did you mean --tap",
        "serve --tap                        | missing required parameter for option '--tap'",
        "serve --tap tap/0                  | --tap \"tap/0\" cannot name a device; expected 1 to 15",
        "serve --address 10.77.0.2          | expected one like 10.77.0.2/24 or fd77::2/64",
        "serve --address 10.77.0.2/33       | expected 0 to 32",
        "serve --address 224.0.0.1/4        | cannot be an interface's address",
        "serve --host-address fd77::1       | expected one like 10.77.0.2/24 or fd77::2/64",
        "serve --gateway 10.78.0.1          | is on none of the stack's networks",
        "serve --gateway router             | \"router\" is a name, and names cannot be resolved yet",
        "serve --mtu 1279                   | --mtu 1279 is out of range; expected 1280 to 65521",
        "serve --mtu big                    | 'big' is not an int",
        "serve --offload on                 | --offload on is not available yet; use auto or off",
        "serve --offload maybe              | expected one of [AUTO, ON, OFF]",
        "serve --dhcp                       | --dhcp is not available yet",
        "serve --slaac                      | --slaac is not available yet",
        "serve --dns 10.77.0.1              | --dns is not available yet",
        "serve --services echo,ftp          | \"ftp\" is none; expected of echo, discard",
        "serve now                          | \"now\" is one argument too many",
        "get                                | missing required parameter: 'URL'",
        "get https://10.77.0.1/             | https is not available yet; expected http://",
        "get http://example.org/            | names cannot be resolved yet; expected an address",
        "get http://10.77.0.1/ --timeout 0  | --timeout 0.0 is out of range; expected 0.001 to 86400",
        "ping                               | missing required parameter: 'HOST'",
        "ping localhost                     | \"localhost\" is a name, and names cannot be resolved",
        "ping 10.77.0                       | \"10.77.0\" is not an IP address; expected one like",
        "ping 10.77.0.1 -s 65508            | -s 65508 is out of range; expected 0 to 65507",
        "ping fd77::1 -s 65528              | -s 65528 is out of range; expected 0 to 65527",
        "ping 10.77.0.1 -c 0                | -c 0 is out of range; expected 1 or more",
        "ping 10.77.0.1 -i -1               | -i -1.0 is out of range",
        "ping 10.77.0.1 -W 0                | -W 0.0 is out of range",
        "nc                                 | missing required parameter: 'HOST PORT'",
        "nc 10.77.0.1                       | expected HOST and PORT",
        "nc -l 10.77.0.1 80                 | with -l there is a PORT and nothing else",
        "nc 10.77.0.1 0                     | \"0\" is not a port; expected a number from 1 to 65535",
        "nc 10.77.0.1 http                  | \"http\" is not a port",
        "nc somewhere 80                    | \"somewhere\" is a name",
        "sim --loss 200%                    | is more than all; expected up to 100%",
        "sim --loss much                    | \"much\" is not a share; expected one like 2% or 0.02",
        "sim --delay 20                     | \"20\" is not a time; expected one like 20ms",
        "sim --rate 5                       | \"5\" is out of range; expected 1k to 1T",
        "sim --congestion vegas             | no congestion control \"vegas\"; expected one of cubic",
        "sim report --congestion vegas      | no congestion control \"vegas\"; expected one of",
        "sim report --from 3s --to 2s       | --to must be later than --from",
        "sim --bytes -1                     | is not a number of bytes",
        "demo --address 10.1.0.2/24 --host-address 10.2.0.1/24 | have no network in common",
      })
  void aWrongOptionGetsASentence(String arguments, String sentence) {
    assertThat(run(arguments)).isEqualTo(2);
    assertThat(err.toString()).containsIgnoringCase(sentence).startsWith("tapstack");
    assertThat(err.toString().strip().lines()).hasSize(1);
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "get", "ping", "nc", "sim", "demo"})
  void everyCommandHasTheNetworkOptionsAndHelp(String command) {
    assertThat(run(command + " --help")).isZero();
    assertThat(out.toString())
        .contains("Usage: tapstack " + command)
        .contains("--tap=NAME")
        .contains("--address=IP/LEN")
        .contains("--host-address=IP/LEN")
        .contains("--gateway=IP")
        .contains("--mtu=N")
        .contains("--pcap=FILE")
        .contains("--offload=auto|on|off")
        .contains("--dhcp")
        .contains("--slaac")
        .contains("--dns=IP");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void theCommandItselfHasHelpAndAVersion() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("demo", "serve", "get", "ping", "nc", "sim");
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).contains("tapstack 0.1");
  }
}

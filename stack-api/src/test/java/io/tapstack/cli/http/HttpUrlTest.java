package io.tapstack.cli.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.wire.IpAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpUrlTest {
  @ParameterizedTest
  @CsvSource({
    "http://10.77.0.1,                10.77.0.1, 10.77.0.1,      80,   /",
    "HTTP://10.77.0.1:8000/a/b?c=d#e, 10.77.0.1, 10.77.0.1:8000, 8000, /a/b?c=d",
    "http://10.77.0.1?x,              10.77.0.1, 10.77.0.1,      80,   /?x",
    "http://[fd77::1],                fd77::1,   [fd77::1],      80,   /",
    "http://[fd77::1]:81/x,           fd77::1,   [fd77::1]:81,   81,   /x",
    "http://10.77.0.1/x:y@z,          10.77.0.1, 10.77.0.1,      80,   /x:y@z",
  })
  void takesAUrlApart(String url, String address, String authority, int port, String target) {
    assertThat(HttpUrl.parse(url))
        .isEqualTo(new HttpUrl(IpAddress.parse(address), authority, port, target));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://10.77.0.1/      | https is not available yet",
        "10.77.0.1               | is not a URL that can be fetched",
        "ftp://10.77.0.1/        | is not a URL that can be fetched",
        "http://fd77::1/         | is not a URL that can be fetched",
        "http://[10.77.0.1]/     | is not a URL that can be fetched",
        "http:///x               | is not a URL that can be fetched",
        "http://10.77.0.1/a b    | is not a URL that can be fetched",
        "http://user@10.77.0.1/  | is not a URL that can be fetched",
        "http://example.org/x    | names cannot be resolved yet",
        "http://localhost:80/x   | names cannot be resolved yet",
        "http://10.77.0.1:0/     | expected a number from 1 to 65535",
        "http://10.77.0.1:65536/ | expected a number from 1 to 65535",
        "http://10.77.0.1:/      | expected a number from 1 to 65535",
      })
  void saysWhatIsWrong(String url, String words) {
    assertThatThrownBy(() -> HttpUrl.parse(url)).hasMessageContaining(words);
  }

  @Test
  void aUrlCannotCarryASecondHeaderLine() {
    assertThatThrownBy(() -> HttpUrl.parse("http://10.77.0.1/\r\nHost: y"))
        .hasMessageContaining("is not a URL");
  }
}

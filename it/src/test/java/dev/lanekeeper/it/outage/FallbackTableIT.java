package dev.lanekeeper.it.outage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What happens when there is no plain answer: each cell of the table of {@code docs/guarantee.md}, at calls of both clients under the agent, and at a
 * consumer of the baseline that puts aside what is in doubt. With each of them goes an untagged call and an untagged message,
 * which pass whatever the situation.
 */
@Timeout(300)
class FallbackTableIT {

  @TempDir
  @SuppressWarnings("NullAway.Init") private static Path directory;
  @SuppressWarnings("NullAway.Init") private static FallbackStand stand;

  @BeforeAll
  static void start() throws Exception {
    stand = new FallbackStand(directory);
  }

  @AfterAll
  static void stop() {
    stand.close();
  }

  @ParameterizedTest(name = "{0}, {1}: call {2}, message {3}")
  @CsvSource(delimiter = '|', textBlock = """
      # situation                           | environment     | call                          | message
      never registered                      | staging         | reaches the baseline          | reaches the baseline
      ended                                 | staging         | rejected, tenancy-ended       | discarded
      the owner does not listen             | staging         | fails                         | stays its owner's
      no instance of the owner              | staging         | rejected, owner-unreachable   | stays its owner's
      never registered                      | production      | rejected, tenancy-unknown     | put aside, unregistered
      ended                                 | production      | rejected, tenancy-ended       | put aside, ended
      the owner does not listen             | production      | fails                         | stays its owner's
      no instance of the owner              | production      | rejected, owner-unreachable   | stays its owner's
      never registered                      | with exceptions | rejected, tenancy-unknown     | put aside, unregistered
      never registered, one that is let in  | with exceptions | reaches the baseline          | reaches the baseline
      ended                                 | with exceptions | rejected, tenancy-ended       | discarded
      in doubt: the table is older          | staging         | rejected, tenancy-in-doubt    | put aside, in-doubt
      in doubt: not yet confirmed           | staging         | -                             | put aside, in-doubt
      in doubt: no table yet                | staging         | rejected, tenancy-in-doubt    | put aside, in-doubt
      in doubt: the table is older          | production      | rejected, tenancy-in-doubt    | put aside, in-doubt
      in doubt: not yet confirmed           | production      | -                             | put aside, in-doubt
      """)
  void cell(String situation, String environment, String call, String message) throws Exception {
    stand.arrange(situation, environment);

    if (!call.equals("-")) {
      for (String client : FallbackStand.CLIENTS) {
        assertThat(stand.call(client, situation)).as("a call by " + client).isEqualTo(call);
        assertThat(stand.untaggedCall(client, situation)).as("an untagged call by " + client)
            .isEqualTo("reaches the baseline");
      }
    }
    FallbackStand.Ends ends = stand.messages(situation);
    assertThat(ends.tagged()).as("a message").isEqualTo(message);
    assertThat(ends.untagged()).as("an untagged message behind it").isEqualTo("reaches the baseline");
  }
}

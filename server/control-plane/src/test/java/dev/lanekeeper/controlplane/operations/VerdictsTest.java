package dev.lanekeeper.controlplane.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.kafka.QuarantinedRecord;
import dev.lanekeeper.kafka.QuarantinedRecord.Reason;
import dev.lanekeeper.kafka.RecordTags;
import dev.lanekeeper.model.Messages;
import dev.lanekeeper.testkit.vectors.MessageCase;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was put aside in doubt is dealt with as the baseline's consumer would have, had it known. */
class VerdictsTest {

  /** What a consumer of the baseline does with tagged records; where it asked in vain, there is nothing to compare. */
  static List<MessageCase> cases() {
    return MessageCase.all().stream()
        .filter(vector -> vector.self().isBaseline() && vector.view().isKnown() && vector.carried().isTagged()
            && (vector.answered() || vector.action() != Messages.Action.ASK))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void verdict_recordOfAVector_isWhatAConsumerDoes(MessageCase vector) {
    Headers headers = new RecordHeaders();
    RecordTags.write(headers, vector.view().table().names(), vector.carried());
    QuarantinedRecord record = new QuarantinedRecord(vector.self().service(), Reason.IN_DOUBT, "", "c",
        vector.position().topic(), vector.position().partition(), vector.position().offset(),
        vector.position().timestampMillis(), null, new byte[0], headers);
    RecordOwner owners = new RecordOwner(vector.view().table(), vector.view().asOfMillis());

    Verdict verdict = new Verdicts(new SameKafka("k", Set.of("default"), Set.of()), Map.of())
        .of(record, owners.ofInDoubt(record));

    assertThat(verdict).isInstanceOf(switch (vector.action()) {
      case DELIVER -> Verdict.HandedOver.class;
      case SKIP, DISCARD -> Verdict.Dropped.class;
      case QUARANTINE -> Verdict.PutAside.class;
      case ASK -> Verdict.Undecided.class;
    });
  }
}

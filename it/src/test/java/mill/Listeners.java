package mill;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.DltHandler;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.RetryableTopic;
import org.springframework.kafka.listener.BatchListenerFailedException;

/** Spring's listeners. */
class Listeners {

  private final Diary diary;
  private final ExecutorService pool = Executors.newSingleThreadExecutor();
  private final Set<String> failedOnce = ConcurrentHashMap.newKeySet();

  Listeners(Diary diary) {
    this.diary = diary;
  }

  @KafkaListener(topics = "${mill}-single", groupId = "${mill}-single", concurrency = "2")
  void single(String value) {
    diary.send("single", value);
    diary.call("single", value);
    pool.execute(() -> diary.send("single-pooled", value));
  }

  @KafkaListener(topics = "${mill}-batch", groupId = "${mill}-batch", batch = "true")
  void batch(List<ConsumerRecord<String, String>> batch) {
    for (ConsumerRecord<String, String> message : batch) {
      diary.send("batch", message.value());
      diary.call("batch", message.value());
    }
    String all = batch.stream().map(ConsumerRecord::value).collect(Collectors.joining(" "));
    diary.send("batch-whole", all);
    diary.call("batch-whole", all);
    pool.execute(() -> diary.send("batch-pooled", all));
  }

  /** Of a value that ends in {@code !} it says the first time that it failed. */
  @KafkaListener(topics = "${mill}-payloads", groupId = "${mill}-payloads", batch = "true")
  void payloads(List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      if (value.endsWith("!") && failedOnce.add(value)) {
        throw new BatchListenerFailedException(value, i);
      }
      diary.send("payload", value);
    }
  }

  @KafkaListener(topics = "${mill}-failing", groupId = "${mill}-failing", containerFactory = "failing")
  void failing(String value) {
    throw new IllegalStateException(value);
  }

  @KafkaListener(topics = "${mill}-failing-dead", groupId = "${mill}-dead")
  void dead(String value) {
    diary.send("dead", value);
  }

  /** Of a value that ends in {@code !} it fails for ever, of others the first time. */
  @RetryableTopic(attempts = "2")
  @KafkaListener(topics = "${mill}-retried", groupId = "${mill}-retried")
  void retried(String value) {
    if (value.endsWith("!") || failedOnce.add(value)) {
      throw new IllegalStateException(value);
    }
    diary.send("retried", value);
    diary.call("retried", value);
  }

  @DltHandler
  void givenUp(String value) {
    diary.send("given-up", value);
  }
}

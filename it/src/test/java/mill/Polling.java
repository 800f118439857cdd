package mill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A plain poll loop that has others do the work, and commits when they have. */
final class Polling implements Runnable {

  private final Map<String, Object> broker;
  private final String name;
  private final Diary diary;
  private final ExecutorService pool = Executors.newSingleThreadExecutor();

  Polling(Map<String, Object> broker, String name, Diary diary) {
    this.broker = broker;
    this.name = name + "-polled";
    this.diary = diary;
  }

  @Override
  public void run() {
    Map<String, Object> settings = new HashMap<>(broker);
    settings.putAll(Map.of("group.id", name, "auto.offset.reset", "earliest", "enable.auto.commit", "false"));
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(name));
      while (true) {
        var polled = consumer.poll(Duration.ofMillis(200));
        List<CompletableFuture<?>> work = new ArrayList<>();
        for (var message : polled) {
          String value = message.value();
          work.add(CompletableFuture.runAsync(() -> diary.send("pooled", value), pool));
          work.add(CompletableFuture.supplyAsync(() -> value).thenAcceptAsync(text -> diary.call("later", text)));
        }
        work.forEach(CompletableFuture::join);
        if (!polled.isEmpty()) {
          diary.send("between", "-");
          pool.execute(() -> diary.send("between-pooled", "-"));
          consumer.commitSync();
        }
      }
    }
  }
}

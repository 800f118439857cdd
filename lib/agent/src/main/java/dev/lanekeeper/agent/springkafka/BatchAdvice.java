package dev.lanekeeper.agent.springkafka;

import dev.lanekeeper.boot.ContextSource;
import java.util.List;
import net.bytebuddy.asm.Advice;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

/** Where a container hands a batch to its listener. Without {@code suppress}: what is thrown is the listener's. */
final class BatchAdvice {

  private BatchAdvice() {}

  @Advice.OnMethodEnter(skipOn = SpringBatches.Done.class)
  static ContextSource.@Nullable Served enter(@Advice.This Object container,
      @Advice.Argument(0) ConsumerRecords<Object, Object> polled,
      @Advice.Argument(1) @Nullable List<ConsumerRecord<Object, Object>> list) throws Throwable {
    return SpringBatches.begin(container, polled, list);
  }

  @Advice.OnMethodExit(onThrowable = Throwable.class)
  static void exit(@Advice.Enter ContextSource.@Nullable Served served) {
    if (served != null) {
      served.close();
    }
  }
}

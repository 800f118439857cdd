package dev.lanekeeper.junit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** A producer each of whose records is the lane's. By reflection: the interface is another in each version of the client. */
final class TaggedProducer {

  private TaggedProducer() {}

  @SuppressWarnings("unchecked") // what is behind it is a producer of these
  static <K, V> Producer<K, V> of(Producer<K, V> producer, Supplier<Map<String, String>> headers) {
    return (Producer<K, V>) Proxy.newProxyInstance(Producer.class.getClassLoader(), new Class<?>[]{Producer.class},
        (proxy, method, arguments) -> {
          Object[] passed = arguments == null ? new Object[0] : arguments.clone();
          if (method.getName().equals("send") && passed[0] instanceof ProducerRecord<?, ?> record) {
            passed[0] = tagged(record, headers.get());
          }
          try {
            return method.invoke(producer, passed);
          } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
          }
        });
  }

  private static <K, V> ProducerRecord<K, V> tagged(ProducerRecord<K, V> record, Map<String, String> ours) {
    Headers headers = new RecordHeaders(record.headers());
    ours.forEach((name, value) -> headers.remove(name).add(name, value.getBytes(StandardCharsets.UTF_8)));
    return new ProducerRecord<>(record.topic(), record.partition(), record.timestamp(), record.key(), record.value(),
        headers);
  }
}

package mill;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.EnableKafkaRetryTopic;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.util.backoff.FixedBackOff;

/** Containers for the listeners. */
@Configuration(proxyBeanMethods = false)
@EnableKafka
@EnableKafkaRetryTopic
class Listening {

  @Bean
  KafkaTemplate<String, String> template(Main.Broker broker) {
    Map<String, Object> settings = new HashMap<>(broker.settings());
    settings.put("key.serializer", StringSerializer.class);
    settings.put("value.serializer", StringSerializer.class);
    return new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(settings));
  }

  @Bean
  KafkaAdmin admin(Main.Broker broker) {
    return new KafkaAdmin(broker.settings());
  }

  @Bean
  TaskScheduler scheduler() {
    return new ThreadPoolTaskScheduler();
  }

  @Bean
  ConsumerFactory<String, String> consumers(Main.Broker broker) {
    Map<String, Object> settings = new HashMap<>(broker.settings());
    settings.put("auto.offset.reset", "earliest");
    settings.put("key.deserializer", StringDeserializer.class);
    settings.put("value.deserializer", StringDeserializer.class);
    return new DefaultKafkaConsumerFactory<>(settings);
  }

  @Bean
  ConcurrentKafkaListenerContainerFactory<String, String> kafkaListenerContainerFactory(
      ConsumerFactory<String, String> consumers) {
    var factory = new ConcurrentKafkaListenerContainerFactory<String, String>();
    factory.setConsumerFactory(consumers);
    return factory;
  }

  /** What fails twice goes to {@code ...-dead}. */
  @Bean
  ConcurrentKafkaListenerContainerFactory<String, String> failing(ConsumerFactory<String, String> consumers,
      KafkaTemplate<String, String> template) {
    var factory = kafkaListenerContainerFactory(consumers);
    factory.setCommonErrorHandler(new DefaultErrorHandler(new DeadLetterPublishingRecoverer(template,
        (message, cause) -> new TopicPartition(message.topic() + "-dead", 0)), new FixedBackOff(0, 1)));
    return factory;
  }
}

package mill;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/** Says what was done with which message, in a message of its own and in a call. */
final class Diary {

  private final KafkaProducer<String, String> producer;
  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String topic;
  private final URI callee;
  private final Queue<Future<RecordMetadata>> sent = new ConcurrentLinkedQueue<>();
  private final String version;

  Diary(Map<String, Object> broker, String topic, URI callee, String version) {
    this.producer = new KafkaProducer<>(broker, new StringSerializer(), new StringSerializer());
    this.topic = topic;
    this.callee = callee;
    this.version = version;
  }

  /** By message, which it could send again: nobody is to write into it what it was sent for. */
  void send(String step, String what) {
    var message = new ProducerRecord<>(topic, version + " " + step, what);
    sent.add(producer.send(message));
    message.headers().forEach(header -> {
      if (!header.key().startsWith("trace")) {
        throw new IllegalStateException(step + " " + what + " was changed: " + message);
      }
    });
  }

  /** By call. */
  void call(String step, String what) {
    String query = "said=" + URLEncoder.encode(version + " " + step + " " + what, StandardCharsets.UTF_8);
    try {
      var answer =
          client.send(HttpRequest.newBuilder(callee.resolve("/said?" + query)).build(), BodyHandlers.discarding());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(query + ": " + answer.statusCode());
      }
    } catch (IOException failed) {
      throw new IllegalStateException(query + ": " + failed, failed);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(query, ended);
    }
  }
}

package dev.lanekeeper.controlplane.kafka;

import dev.lanekeeper.api.ClusterDocument;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.kafka.Claim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads with a Kafka consumer that has the {@link UndertakerAssignor}. Records of transactions that were given up are not read:
 * nobody ever was to process them.
 *
 * <p>Copies are written in one transaction with the offsets, under the generation of the group: one that lost its partitions
 * meanwhile commits nothing.
 */
final class KafkaGroupReader implements GroupReader {

  private static final Duration BROKER_PATIENCE = Duration.ofSeconds(5);
  /** For a record of the largest size over a slow line. What reads committed records waits as long for one who died. */
  private static final int TRANSACTION_MILLIS = 20_000;
  /** After how long another undertaker gets the partitions of one that died. */
  private static final int SESSION_MILLIS = 10_000;
  /** What was read is committed at once. */
  private static final int READ_AT_ONCE = 2_000;

  private final String where;
  private final String group;
  private final Properties properties;
  private final Map<TopicPartition, Long> starts = new HashMap<>();
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Long> claims = new HashMap<>();
  private final List<String> news = new ArrayList<>();
  private final Set<TopicPartition> begun = new HashSet<>();
  private @Nullable KafkaProducer<byte[], byte[]> producer;
  private boolean joined;
  private long seat;

  KafkaGroupReader(ClusterDocument cluster, Properties properties, String group, Set<String> topics,
      List<Start> starts) {
    this.where = cluster.name() + " (" + cluster.bootstrap() + ")";
    this.group = group;
    this.properties = properties;
    starts.forEach(start -> this.starts.merge(new TopicPartition(start.topic(), start.partition()), start.offset(),
        Math::min));
    Properties own = new Properties();
    own.putAll(properties);
    own.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    own.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, UndertakerAssignor.class.getName());
    own.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
    own.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    own.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    own.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    own.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    own.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, READ_AT_ONCE);
    own.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Sizes.FETCH);
    own.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Sizes.FETCH);
    consumer = new KafkaConsumer<>(own, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.subscribe(topics, new Seat());
  }

  /** Told while the consumer is polled. */
  private final class Seat implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      joined = true;
      seat++;
      Set<TopicPartition> unknown = new HashSet<>();
      Set<TopicPartition> asked = new HashSet<>(partitions);
      asked.addAll(starts.keySet()); // what is left of the others tells of those that are gone
      Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(asked, BROKER_PATIENCE);
      for (TopicPartition partition : partitions) {
        Long start = starts.get(partition);
        OffsetAndMetadata known = committed.get(partition);
        if (known != null) {
          claims.put(partition, Claim.of(known.metadata()));
          continue;
        }
        if (start == null) {
          unknown.add(partition);
        } else {
          // Its offset was set at its birth, and the broker has forgotten it: what the workload has processed nobody knows any more.
          consumer.seek(partition, start);
          claims.put(partition, Claim.UNKNOWN);
        }
      }
      if (!unknown.isEmpty()) {
        consumer.seekToBeginning(unknown);
      }
      for (TopicPartition partition : unknown) {
        if (isForgotten(partition.topic(), committed)) {
          claims.put(partition, Claim.UNKNOWN); // one that came later, likewise
        }
      }
    }

    /**
     * Whether offsets were set at the birth, and are gone: all of them, or those of a topic. A broker forgets those of one topic, and
     * keeps those of others; of one that came later none was set. Where a workload has noticed it, it has committed since that nobody
     * knows: that, too, says that they are gone.
     */
    private boolean isForgotten(String topic, Map<TopicPartition, OffsetAndMetadata> committed) {
      boolean isPlaced = starts.keySet().stream().anyMatch(start -> start.topic().equals(topic));
      return !starts.isEmpty() && committed.entrySet().stream()
          .noneMatch(each -> Claim.isLeft(each.getValue()) && (!isPlaced || each.getKey().topic().equals(topic)));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      joined = false;
      seat++;
      partitions.forEach(claims::remove);
    }
  }

  @Override
  public List<ConsumerRecord<byte[], byte[]>> read(Duration patience) {
    try {
      List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
      consumer.poll(patience).forEach(read::add);
      return read;
    } catch (InconsistentGroupProtocolException occupied) {
      throw new GroupOccupiedException(group, occupied);
    } catch (OffsetOutOfRangeException outOfRange) {
      begin(outOfRange.offsetOutOfRangePartitions());
      return List.of();
    } catch (NoOffsetForPartitionException expired) {
      consumer.seekToBeginning(expired.partitions());
      return List.of();
    } catch (KafkaException e) {
      throw failed("read group " + group, e);
    }
  }

  /**
   * Goes to the beginning of what the broker has not any more, or lost. Of a log that was cut below where the group stood, and that has
   * grown since, nobody knows what the workload has processed.
   *
   * @param asked where the reader stood
   */
  private void begin(Map<TopicPartition, Long> asked) {
    try {
      Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(asked.keySet(), BROKER_PATIENCE);
      for (Map.Entry<TopicPartition, Long> each : asked.entrySet()) {
        TopicPartition partition = each.getKey();
        long beginning = beginnings.getOrDefault(partition, 0L);
        if (each.getValue() > beginning) {
          news.add("the broker lost records of " + partition
              + " that were read, or passed over: what is there is read again");
          claims.put(partition, Claim.UNKNOWN);
        } else {
          news.add("the broker deleted records of " + partition + " before the undertaker read them");
        }
        consumer.seek(partition, beginning);
        begun.add(partition);
      }
    } catch (KafkaException e) {
      throw failed("ask where topics of group " + group + " begin", e);
    }
  }

  private BrokerException failed(String what, KafkaException e) {
    return e instanceof RetriableException || e instanceof org.apache.kafka.common.errors.TimeoutException
        ? BrokerException.unreachable(where, what, e)
        : BrokerException.refused(where, what, e);
  }

  @Override
  public boolean hasJoined() {
    return joined;
  }

  @Override
  public long seat() {
    return seat;
  }

  @Override
  public void back(TopicPartition partition, long offset) {
    consumer.seek(partition, offset);
  }

  @Override
  public List<Copy> commit(Map<TopicPartition, Long> offsets, List<Copy> copies) {
    Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
    offsets.forEach((partition, offset) -> due.put(partition,
        Claim.with(new OffsetAndMetadata(offset), claims.getOrDefault(partition, Claim.NONE))));
    try {
      if (copies.isEmpty()) {
        consumer.commitSync(due, BROKER_PATIENCE);
        return List.of();
      }
      return commitWith(copies, due);
    } catch (KafkaException e) {
      closeProducer();
      throw failed("commit what the undertaker of group " + group + " did", e);
    }
  }

  private List<Copy> commitWith(List<Copy> copies, Map<TopicPartition, OffsetAndMetadata> offsets) {
    KafkaProducer<byte[], byte[]> writer = producer();
    Set<Copy> tooLarge = Collections.newSetFromMap(new IdentityHashMap<>());
    writer.beginTransaction();
    if (isAnyTooLarge(writer, copies)) {
      // What one of them is refused for, the client says of others as well that it had not sent yet.
      do {
        writer.abortTransaction();
        writer.beginTransaction();
      } while (findTooLarge(writer, copies, tooLarge));
    }
    writer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
    writer.commitTransaction();
    return copies.stream().filter(tooLarge::contains).toList();
  }

  /** Writes copies; whether some are refused for their size. What else fails, fails the commit. */
  private static boolean isAnyTooLarge(KafkaProducer<byte[], byte[]> writer, List<Copy> copies) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try {
      copies.forEach(copy -> sent.add(writer.send(copy.whole())));
      writer.flush();
    } catch (KafkaException e) {
      if (sent.stream().noneMatch(KafkaGroupReader::isTooLarge)) {
        throw e;
      }
    }
    return sent.stream().anyMatch(KafkaGroupReader::isTooLarge);
  }

  /** Writes copies one by one, of some their reference, up to one that is refused for its size. Whether there was one: it is added. */
  private static boolean findTooLarge(KafkaProducer<byte[], byte[]> writer, List<Copy> copies, Set<Copy> tooLarge) {
    for (Copy copy : copies) {
      boolean known = tooLarge.contains(copy);
      ProducerRecord<byte[], byte[]> record = known ? copy.reference() : copy.whole();
      if (record == null) {
        continue;
      }
      Future<RecordMetadata> sent = writer.send(record);
      writer.flush();
      if (!known && isTooLarge(sent)) {
        tooLarge.add(copy);
        return true;
      }
    }
    return false;
  }

  private static boolean isTooLarge(Future<RecordMetadata> sent) {
    return sent.state() == Future.State.FAILED && sent.exceptionNow() instanceof RecordTooLargeException;
  }

  private KafkaProducer<byte[], byte[]> producer() {
    KafkaProducer<byte[], byte[]> present = producer;
    if (present != null) {
      return present;
    }
    Properties own = new Properties();
    own.putAll(properties);
    own.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, group + "." + UUID.randomUUID());
    own.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MILLIS);
    own.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    own.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, TRANSACTION_MILLIS / 2);
    own.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TRANSACTION_MILLIS);
    own.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TRANSACTION_MILLIS);
    own.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Sizes.LARGEST);
    own.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Sizes.PRODUCER_BUFFER);
    KafkaProducer<byte[], byte[]> made =
        new KafkaProducer<>(own, new ByteArraySerializer(), new ByteArraySerializer());
    try {
      made.initTransactions();
    } catch (KafkaException e) {
      made.close(Duration.ZERO);
      throw e;
    }
    producer = made;
    return made;
  }

  private void closeProducer() {
    KafkaProducer<byte[], byte[]> given = producer;
    producer = null;
    if (given != null) {
      given.close(Duration.ZERO);
    }
  }

  @Override
  public Map<TopicPartition, Long> positions() {
    Map<TopicPartition, Long> positions = new HashMap<>();
    try {
      consumer.assignment().forEach(partition -> positions.put(partition, position(partition)));
      return positions;
    } catch (KafkaException e) {
      throw failed("ask where the undertaker of group " + group + " is", e);
    }
  }

  /** Of offsets that bear their epoch the client finds out by itself that they are lost: of this partition, or of others. */
  private long position(TopicPartition partition) {
    for (int lost = 0; lost < consumer.assignment().size(); lost++) {
      try {
        return consumer.position(partition, BROKER_PATIENCE);
      } catch (OffsetOutOfRangeException outOfRange) {
        begin(outOfRange.offsetOutOfRangePartitions());
      }
    }
    return consumer.position(partition, BROKER_PATIENCE);
  }

  @Override
  public Set<TopicPartition> begunAnew() {
    Set<TopicPartition> told = Set.copyOf(begun);
    begun.clear();
    return told;
  }

  @Override
  public Map<TopicPartition, Long> claims() {
    Map<TopicPartition, Long> said = new HashMap<>(claims);
    said.values().removeIf(claim -> claim == Claim.NONE);
    return said;
  }

  @Override
  public List<String> news() {
    List<String> told = List.copyOf(news);
    news.clear();
    return told;
  }

  @Override
  public void close() {
    boolean interrupted = Thread.interrupted(); // else nothing would be closed, and the seat stay taken
    try {
      closeProducer();
    } catch (KafkaException e) {
      // What it had not written is aborted by the broker.
      producer = null;
    }
    try {
      consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(BROKER_PATIENCE));
    } catch (KafkaException e) {
      // Its session ends by itself.
      joined = false;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

package dev.lanekeeper.storm;

import dev.lanekeeper.client.DataPlaneReport;
import dev.lanekeeper.client.RouteClient;
import dev.lanekeeper.kafka.ConsumerReport;
import dev.lanekeeper.kafka.LaneConsumer;
import dev.lanekeeper.kafka.LaneKafka;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Tenancy;
import dev.lanekeeper.storm.reading.Reading;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * A process in which workloads run on the library, each with a data plane and consumers of its own. It is told by lines:
 * {@code start NAME TENANCY CONTROL-PLANE} (the tenancy {@code -} is the baseline), {@code stop NAME}.
 */
public final class Host {

  private static final String BASELINE = "-";
  private static final long PAUSE_MILLIS = 300;
  private static final long LEAVE_MILLIS = 8_000;

  private final String bootstrap;
  private final Path directory;
  private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
  private final AtomicInteger consumers = new AtomicInteger();

  private Host(String bootstrap, Path directory) {
    this.bootstrap = bootstrap;
    this.directory = directory;
  }

  /** Arguments: bootstrap servers, directory. Ends when nobody is there any more to tell it anything. */
  public static void main(String[] arguments) throws IOException {
    Host host = new Host(arguments[0], Path.of(arguments[1]));
    say("ready");
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      host.obey(line.split(" ", -1));
    }
    host.lanes.values().forEach(Lane::stop);
    host.lanes.values().forEach(Lane::join);
    say("over");
  }

  @SuppressWarnings("SystemOut") // the protocol with who started it
  private static void say(String line) {
    System.out.println(line);
  }

  private void obey(String[] words) {
    switch (words[0]) {
      case "start" -> {
        Lane lane = new Lane(words[1], words[2].equals(BASELINE) ? null : new Tenancy(words[2]), URI.create(words[3]));
        lanes.put(words[1], lane);
        lane.beginning.start();
      }
      case "stop" -> {
        Lane lane = lanes.remove(words[1]);
        if (lane != null) {
          lane.stop();
          Thread.ofVirtual().start(() -> {
            lane.join();
            say("stopped " + words[1]);
          });
        } else {
          say("stopped " + words[1]);
        }
      }
      default -> throw new IllegalArgumentException(String.join(" ", words));
    }
  }

  /** One workload. */
  private final class Lane {
    private final Thread beginning;
    private final String name;
    private final @Nullable Tenancy tenancy;
    private final URI controlPlane;
    private final List<LaneConsumer<byte[], byte[]>> alive = new CopyOnWriteArrayList<>();
    private final List<Reading> readings = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private volatile @Nullable RouteClient client;
    private volatile boolean stopped;

    Lane(String name, @Nullable Tenancy tenancy, URI controlPlane) {
      this.name = name;
      this.tenancy = tenancy;
      this.controlPlane = controlPlane;
      beginning = Thread.ofPlatform().name(name).unstarted(this::begin);
    }

    private void begin() {
      RouteClient routes = RouteClient.builder(controlPlane).self(ServiceName.of(Ground.SERVICE), tenancy)
          .workload(name).version("storm").diskDirectory(directory.resolve("routes").resolve(name))
          .consumers(() -> alive.stream().map(LaneConsumer::describe).map(Lane::reported).toList())
          .log((level, message, failure) -> note(level + " " + message + (failure == null ? "" : " " + failure)))
          .start();
      client = routes;
      Ground.GROUPS.forEach((group, topics) -> {
        Thread thread = Thread.ofPlatform().name(name + " " + group).unstarted(() -> read(routes, group, topics));
        threads.add(thread);
        thread.start();
      });
    }

    private static DataPlaneReport.Consumer reported(ConsumerReport consumer) {
      return new DataPlaneReport.Consumer(consumer.bootstrap(), consumer.group(), consumer.topics(),
          consumer.memberId(), consumer.clientId(), consumer.handovers());
    }

    /** A consumer that fails is followed by another, as a framework would do it. */
    private void read(RouteClient routes, String group, List<String> topics) {
      while (!stopped) {
        LaneConsumer<byte[], byte[]> consumer = null;
        try {
          consumer = LaneKafka.consumer(routes, routes.self(), Reading.settings(bootstrap, group, name),
              new ByteArrayDeserializer(), new ByteArrayDeserializer());
          Reading reading = new Reading(consumer, topics, directory.resolve("journals"),
              name + "-" + ProcessHandle.current().pid() + "-" + consumers.incrementAndGet());
          readings.add(reading);
          alive.add(consumer);
          if (stopped) {
            reading.stop();
          }
          reading.run();
        } catch (KafkaException failure) {
          note(group + ": " + Reading.text(failure));
          sleep();
        } finally {
          if (consumer != null) {
            alive.remove(consumer);
          }
        }
      }
    }

    private void note(String what) {
      System.err.println(System.currentTimeMillis() + " " + name + " " + what);
    }

    private static void sleep() {
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    void stop() {
      stopped = true;
      readings.forEach(Reading::stop);
    }

    void join() {
      try {
        beginning.join();
        for (Thread thread : threads) {
          thread.join(LEAVE_MILLIS);
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
      if (client != null) {
        Objects.requireNonNull(client).close();
      }
    }
  }
}

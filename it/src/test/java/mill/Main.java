package mill;

import java.net.URI;
import java.util.Map;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** The mill: everything in one process. */
public final class Main {

  private Main() {}

  /**
   * Mills until it is ended.
   *
   * @param arguments bootstrap servers; the beginning of the names of its topics and groups; where it says what it does; its
   *     version; where its state is kept; with which guarantee Kafka Streams processes
   */
  public static void main(String[] arguments) {
    Map<String, Object> broker = Map.of("bootstrap.servers", arguments[0]);
    String name = arguments[1];
    System.setProperty("mill", name); // for the listeners' annotations
    Diary diary = new Diary(broker, name + "-out", URI.create(arguments[2]), arguments[3]);
    var context = new AnnotationConfigApplicationContext();
    context.registerBean(Diary.class, () -> diary);
    context.registerBean("broker", Broker.class, () -> new Broker(broker));
    context.register(Listening.class, Listeners.class);
    context.refresh();
    Thread.ofPlatform().name("polling").start(new Polling(broker, name, diary));
    Streaming streaming = new Streaming(broker, name, arguments[4], arguments[5]);
    streaming.start();
    Streaming.lookUp(broker, name);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      streaming.close();
      context.close();
    }));
    System.out.println("mill " + name + " " + arguments[3] + " is open");
  }

  /** How the broker is reached. */
  record Broker(Map<String, Object> settings) {}
}

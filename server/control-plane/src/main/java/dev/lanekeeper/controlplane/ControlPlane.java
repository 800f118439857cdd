package dev.lanekeeper.controlplane;

import dev.lanekeeper.controlplane.kafka.AdminGroups;
import dev.lanekeeper.controlplane.kafka.GroupBroker;
import dev.lanekeeper.controlplane.operations.Floor;
import dev.lanekeeper.controlplane.operations.Machine;
import dev.lanekeeper.controlplane.operations.Operations;
import dev.lanekeeper.controlplane.operations.Releases;
import dev.lanekeeper.controlplane.operations.Removals;
import dev.lanekeeper.controlplane.operations.Resolver;
import dev.lanekeeper.controlplane.operations.Sweeper;
import dev.lanekeeper.controlplane.operations.Tasks;
import dev.lanekeeper.controlplane.operations.Threads;
import dev.lanekeeper.controlplane.planes.Announcements;
import dev.lanekeeper.controlplane.planes.DataPlanes;
import dev.lanekeeper.controlplane.quarantine.Quarantines;
import dev.lanekeeper.controlplane.rest.Access;
import dev.lanekeeper.controlplane.rest.ManagementRequests;
import dev.lanekeeper.controlplane.rest.Overview;
import dev.lanekeeper.controlplane.rest.PlaneRequests;
import dev.lanekeeper.controlplane.rest.QuarantineRequests;
import dev.lanekeeper.controlplane.rest.RestApi;
import dev.lanekeeper.controlplane.rest.RouteRequests;
import dev.lanekeeper.controlplane.rest.TraceRequests;
import dev.lanekeeper.controlplane.routes.RouteFeed;
import dev.lanekeeper.controlplane.store.PostgresAddress;
import dev.lanekeeper.controlplane.store.PostgresStore;
import dev.lanekeeper.controlplane.store.SqliteStore;
import dev.lanekeeper.controlplane.store.Store;
import dev.lanekeeper.controlplane.store.StoreException;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A control plane in this process: the store, the life cycle of overrides, the REST interface and the route stream.
 *
 * <p><b>Threads.</b> {@link Builder#start} returns once requests are answered; {@link #close} once they no longer are.
 */
public final class ControlPlane implements AutoCloseable {

  /** The version, as data planes and people see it. */
  public static final String VERSION = "0.1.0";
  /** The port unless another is chosen. */
  public static final int USUAL_PORT = 7400;

  /** How long the workload of an ended override has to leave, unless another time is chosen. */
  public static final Duration USUAL_DRAIN_DEADLINE = Duration.ofSeconds(30);
  /** How long late messages of an ended override are waited for, unless another time is chosen: longer than producers retry. */
  public static final Duration USUAL_HORIZON = Duration.ofSeconds(150);

  /** How long after its end a tenant is remembered at least, unless another time is chosen. */
  public static final Duration USUAL_REMEMBERED = Duration.ofHours(24);

  private static final Logger LOG = System.getLogger(ControlPlane.class.getName());
  private static final Duration LOOK = Duration.ofMillis(250);
  /** How often what was heard of traces is looked through for what is too old. */
  private static final Duration TRACES = Duration.ofSeconds(10);
  private static final int HISTORY = 20_000;

  private final Store store;
  private final GroupBroker broker;
  private final RouteFeed feed;
  private final Operations operations;
  private final Resolver resolver;
  private final Sweeper sweeper;
  private final DataPlanes dataPlanes;
  private final Announcements announcements;
  private final Tasks tasks = new Tasks(Threads.VIRTUAL);
  private final WebServer server;
  private final String host;

  private ControlPlane(Builder builder, InetAddress address, @Nullable String token, Store store)
      throws StartException {
    this.store = store;
    this.host = builder.host;
    this.broker = builder.broker;
    this.feed = new RouteFeed(HISTORY, store::current);
    store.follow(feed);
    this.dataPlanes = new DataPlanes(store);
    this.announcements = new Announcements(store);
    Machine machine = Machine.of(store.clock(), builder.nanos);
    this.operations = new Operations(store, broker, dataPlanes, machine,
        new Operations.Patiences(builder.drainDeadline, builder.horizon, shorter(builder.tick, LOOK)));
    this.resolver = new Resolver(store, broker, builder.nanos);
    this.sweeper = new Sweeper(store, broker, machine);
    Floor floor = new Floor(store, broker, builder.remembered, builder.nanos);
    Overview overview = new Overview(store, dataPlanes, feed, operations, new Overview.Background(floor, sweeper),
        VERSION, builder.clock.millis());
    Quarantines quarantines = new Quarantines(store, broker);
    Releases releases = new Releases(store, broker, quarantines, machine);
    RestApi api = new RestApi(new Access(builder.host, builder.names, token), new RouteRequests(store, feed),
        new PlaneRequests(store, dataPlanes, announcements),
        new ManagementRequests(store, operations, new Removals(store, dataPlanes), overview),
        new QuarantineRequests(quarantines, releases), new TraceRequests(store));
    operations.resume();
    try {
      this.server = listen(api, address, builder);
    } catch (StartException e) {
      operations.close();
      throw e;
    }
    repeat("ticker", builder.tick, feed::tick);
    repeat("silence", builder.tick, () -> {
      store.presence().tend();
      announcements.expire();
    });
    // By itself: it may wait for an operation, and the ticker must not.
    repeat("tending", builder.tick, operations::tend);
    repeat("traces", TRACES, () -> store.traces().tend());
    repeat("resolver", builder.tick, resolver::work);
    repeat("floor", builder.tick, floor::work);
    repeat("releases", builder.tick, releases::tend);
    repeat("sweeper", builder.tick, sweeper::work);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static WebServer listen(RestApi api, InetAddress address, Builder builder) throws StartException {
    // The server writes a stack trace to its log and goes on without the port: ask for it first.
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(address, builder.port));
    } catch (IOException e) {
      throw cannotListen(builder, e);
    }
    WebServer server = WebServer.builder().address(address).port(builder.port).shutdownHook(false)
        .shutdownGracePeriod(Duration.ofSeconds(1)).routing(routing -> routing.any(api::handle)).build().start();
    if (!server.isRunning() || server.port() <= 0) {
      server.stop();
      throw cannotListen(builder, new BindException("taken just now"));
    }
    return server;
  }

  private static StartException cannotListen(Builder builder, IOException e) {
    return StartException.failed(
        "port: " + builder.port + " on " + builder.host + ": " + e.getMessage() + " (expected: a free port)",
        "end what listens on port " + builder.port + ", or choose another with --port; 0 picks a free one", e);
  }

  /** Does something again and again; what fails once is tried again. */
  private void repeat(String name, Duration interval, Tasks.Task task) {
    tasks.start(name, () -> {
      while (true) {
        Thread.sleep(interval);
        try {
          task.run();
        } catch (StoreException e) {
          LOG.log(Level.DEBUG, name + " waits for the store, which has logged why", e);
        } catch (RuntimeException | Error e) { // were it to end, it would keep its lease, and nobody do its work
          LOG.log(Level.ERROR, name + " failed; it is tried again", e);
        }
      }
    });
  }

  /** How a control plane is to be. */
  public static Builder builder(Path directory) {
    return new Builder(directory);
  }

  /** The port that it listens on. */
  public int port() {
    return server.port();
  }

  /** Where clients reach it. */
  public URI uri() {
    return URI.create("http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port());
  }

  @Override
  public void close() {
    feed.close();
    server.stop();
    tasks.close();
    operations.close();
    resolver.close();
    broker.close();
    store.close();
  }

  /** How a control plane is to be. Belongs to one thread. */
  public static final class Builder {
    private final Path directory;
    private @Nullable PostgresAddress postgres;
    private String host = "127.0.0.1";
    private int port = USUAL_PORT;
    private final List<String> names = new ArrayList<>();
    private @Nullable Path tokenFile;
    private Duration drainDeadline = USUAL_DRAIN_DEADLINE;
    private Duration horizon = USUAL_HORIZON;
    private Duration remembered = USUAL_REMEMBERED;
    private Duration tick = Duration.ofSeconds(1);
    private InstantSource clock = InstantSource.system();
    private LongSupplier nanos = System::nanoTime;
    private GroupBroker broker = new AdminGroups();

    private Builder(Path directory) {
      this.directory = directory;
    }

    /**
     * The database that is the store, in place of the directory; any number of control planes may use one.
     *
     * @param database null: the store is in the directory
     */
    public Builder store(@Nullable PostgresAddress database) {
      postgres = database;
      return this;
    }

    /** The address to listen on; one that is not loopback needs a token file. */
    public Builder host(String newHost) {
      host = newHost;
      return this;
    }

    /** The port to listen on; 0 picks a free one. */
    public Builder port(int newPort) {
      port = newPort;
      return this;
    }

    /** A further name that clients use for it, as it stands in their Host header. */
    public Builder name(String name) {
      names.add(name);
      return this;
    }

    /** The file that holds the bearer token that every request must bear; null: none. */
    public Builder tokenFile(@Nullable Path file) {
      tokenFile = file;
      return this;
    }

    /**
     * How long the workload of an ended override has to leave its groups. Longer lets slow consumers finish what is
     * theirs; shorter frees the groups sooner.
     */
    public Builder drainDeadline(Duration deadline) {
      drainDeadline = deadline;
      return this;
    }

    /**
     * How long after the end of an override messages that were under way are waited for. Longer: more of them are dealt with by
     * its residue policy, and fewer are told that the tenant has ended; shorter: its groups are gone sooner. No message is lost
     * either way, and none gets two owners.
     */
    public Builder horizon(Duration newHorizon) {
      horizon = newHorizon;
      return this;
    }

    /**
     * How long after its end a tenant is remembered at least. Longer: for longer those who still bear its tag are told that it has
     * ended, and are not taken for strangers; shorter: the table is smaller. It is remembered in any case until nobody can meet a
     * message of it any more.
     */
    public Builder remembered(Duration atLeast) {
      remembered = atLeast;
      return this;
    }

    /** How often watchers are told what is current, and silence is noticed. */
    public Builder tick(Duration interval) {
      tick = interval;
      return this;
    }

    /** The store's clock. */
    public Builder clock(InstantSource newClock) {
      clock = newClock;
      return this;
    }

    /** The machine's clock, by which waits are measured: nanoseconds since whenever, which never go back. */
    public Builder nanos(LongSupplier newNanos) {
      nanos = newNanos;
      return this;
    }

    /** Who is asked about consumer groups; closed with the control plane. */
    public Builder broker(GroupBroker newBroker) {
      broker = newBroker;
      return this;
    }

    /**
     * Starts it: what a crash left undone is taken up, then requests are answered.
     *
     * @throws StartException if it may not listen where it is told to, the port is taken, or the store cannot be opened
     */
    public ControlPlane start() throws StartException {
      InetAddress address = address();
      String token = token();
      if (token == null && !address.isLoopbackAddress()) {
        throw StartException.configuration(
            "host: " + host + " without a token file (expected: 127.0.0.1, or a token file)",
            "write a random token of at least 16 characters to a file and give it with --token-file", null);
      }
      Store store = postgres == null ? inDirectory() : inDatabase(postgres);
      try {
        return new ControlPlane(this, address, token, store);
      } catch (StartException | RuntimeException e) {
        broker.close();
        store.close();
        throw e;
      }
    }

    private Store inDatabase(PostgresAddress database) throws StartException {
      try {
        return PostgresStore.open(database, InetAddress.getLocalHost().getHostName() + ":"
            + (port == 0 ? ProcessHandle.current().pid() : port));
      } catch (StoreException e) {
        throw StartException.failed(String.valueOf(e.getMessage()), e.next(), e);
      } catch (UnknownHostException e) {
        throw StartException.failed("this machine's own name cannot be resolved: " + e.getMessage(),
            "let it stand in the hosts file", e);
      }
    }

    private Store inDirectory() throws StartException {
      try {
        return SqliteStore.open(directory, clock);
      } catch (StoreException e) {
        String next = "choose another directory, or end who uses it";
        String message = String.valueOf(e.getMessage());
        throw e.getCause() instanceof IOException
            ? StartException.configuration(message, next, e)
            : StartException.failed(message, next, e);
      }
    }

    private InetAddress address() throws StartException {
      try {
        return InetAddress.getByName(host);
      } catch (UnknownHostException e) {
        throw StartException.configuration("host: " + host + " (expected: an address of this machine)",
            "correct --host", e);
      }
    }

    private @Nullable String token() throws StartException {
      Path file = tokenFile;
      if (file == null) {
        return null;
      }
      try {
        String token = Files.readString(file).strip();
        if (token.length() < 16 || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
          throw StartException.configuration(
              "token file: " + file + " (expected: one token of at least 16 printable characters)",
              "write a random one: openssl rand -hex 32", null);
        }
        return token;
      } catch (IOException e) {
        throw StartException.configuration("token file: " + file + " cannot be read (expected: a file with a token)",
            "check the path and its permissions", e);
      }
    }
  }
}

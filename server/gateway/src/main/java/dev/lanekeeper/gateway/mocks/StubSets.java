package dev.lanekeeper.gateway.mocks;

import dev.lanekeeper.gateway.routing.LocalResponse;
import dev.lanekeeper.gateway.routing.Refusal;
import dev.lanekeeper.gateway.routing.Responder;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.OverrideLife;
import dev.lanekeeper.model.RouteSource;
import dev.lanekeeper.model.RouteTable;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The stubs of all mocks: a set is made when it is asked for the first time. What a set remembers, its journal and where its scenarios
 * stand, is lost with the process, and with the set that was not asked for longest where there are more than {@value #MOST}.
 *
 * <p><b>Threads.</b> Any; a set that is not there yet is read by whoever asks for it.
 */
public final class StubSets implements AutoCloseable {

  private static final Logger LOG = System.getLogger(StubSets.class.getName());
  private static final int MOST = 1_000;
  private static final long FOLLOW_MILLIS = 500;

  private final StubSource source;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<Incarnation, CompletableFuture<@Nullable StubSet>> sets =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Incarnation, CompletableFuture<@Nullable StubSet>> eldest) {
          return size() > MOST;
        }
      };

  /** Sets that are read there. */
  public StubSets(StubSource source) {
    this.source = source;
  }

  /** Has the stubs of every mock at hand that a table holds, before they are asked for, until this is closed. */
  public void follow(RouteSource routes) {
    Thread.ofVirtual().name("lanekeeper-stubs").start(() -> {
      long revision = -1;
      Set<Incarnation> known = new HashSet<>();
      try {
        do {
          RouteTable table = routes.view().table();
          if (table.revision() != revision && fetch(table, known)) {
            revision = table.revision();
          }
        } while (!closed.await(FOLLOW_MILLIS, TimeUnit.MILLISECONDS));
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    });
  }

  /** Whether nothing is missing. {@code known}: of which there is nothing to be had any more. */
  private boolean fetch(RouteTable table, Set<Incarnation> known) {
    boolean all = true;
    for (OverrideLife life : table.content().overrides()) {
      if (life.target() instanceof Target.Mock && life.to() == OverrideLife.OPEN
          && !known.contains(life.incarnation())) {
        try {
          source.stubs(life.incarnation());
          known.add(life.incarnation());
        } catch (IOException notNow) {
          all = false; // it is tried again, and told where somebody asks
        }
      }
    }
    return all;
  }

  /** Who answers for a mock of a service. */
  public Responder of(ServiceName service, Incarnation mock) {
    return request -> {
      StubSet set;
      try {
        set = set(mock);
      } catch (IOException | RuntimeException failure) {
        LOG.log(Level.WARNING,
            "the stubs of " + service + " (" + mock.id() + ") cannot be had: " + failure.getMessage());
        return LocalResponse.of(new Refusal(502, "stubs-failed", "Stubs failed",
            "the stubs of " + service + " cannot be had: " + failure.getMessage()));
      }
      if (set == null) {
        return LocalResponse.of(new Refusal(502, "stubs-failed", "Stubs failed",
            "the control plane knows no stubs of " + service + " by the name of " + mock.id()));
      }
      return set.respond(request);
    };
  }

  /**
   * The set of a mock. One that could not be made is tried again by whoever asks next.
   *
   * @return null if there is no such mock
   * @throws IOException if its stubs cannot be had now
   */
  @Nullable
  StubSet set(Incarnation mock) throws IOException, InterruptedException {
    CompletableFuture<@Nullable StubSet> mine = new CompletableFuture<>();
    CompletableFuture<@Nullable StubSet> found;
    synchronized (sets) {
      found = sets.putIfAbsent(mock, mine);
    }
    if (found == null) {
      // On a thread of its own: who asks may be told to stop, and others wait for the same.
      Thread.ofVirtual().name("lanekeeper-stubs").start(() -> make(mock, mine));
    }
    return joined(found == null ? mine : found);
  }

  private void make(Incarnation mock, CompletableFuture<@Nullable StubSet> made) {
    @Nullable StubSet set = null;
    Throwable failure = null;
    try {
      String stubs = source.stubs(mock);
      set = stubs == null ? null : new StubSet(stubs);
    } catch (IOException e) {
      failure = new UncheckedIOException(e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    if (set == null) {
      synchronized (sets) {
        sets.remove(mock, made);
      }
    }
    if (failure == null) {
      made.complete(set);
    } else {
      made.completeExceptionally(failure);
    }
  }

  private static @Nullable StubSet joined(CompletableFuture<@Nullable StubSet> made)
      throws IOException, InterruptedException {
    try {
      return made.get();
    } catch (ExecutionException failure) {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      if (cause instanceof UncheckedIOException) {
        throw new IOException(String.valueOf(cause.getMessage()), cause);
      }
      throw new IllegalArgumentException(String.valueOf(cause.getMessage()), cause);
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}

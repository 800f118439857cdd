package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.Problem;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.model.Change;
import dev.lanekeeper.model.Incarnation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link InMemoryStore} holds: outlives the stores on it, as a disk does.
 *
 * <p><b>Threads.</b> Those of the stores on it, of which there is one at a time.
 */
public final class Memory {

  final Map<String, Operation> operations = new LinkedHashMap<>();
  final Map<Incarnation, Ledger.Entry> lives = new LinkedHashMap<>();
  final Set<String> resolved = new HashSet<>();
  final List<Change> changes = new ArrayList<>();
  /** By Kafka and name. */
  final Map<List<String>, OwnTopic> ownTopics = new HashMap<>();
  /** Those of them that are being deleted. */
  final Set<List<String>> going = new HashSet<>();
  List<Disposals.Disposal> disposals = List.of();
  @Nullable FloorRound round;
  @Nullable Catalog catalog;
  long lastMillis;

  /** An operation, with its steps. */
  record Operation(Ledger.Running running, String state, @Nullable Long revision,
      @Nullable Problem problem, long createdMillis, List<OperationInfo.Step> steps) {

    Operation in(String newState, @Nullable Problem newProblem) {
      return new Operation(running, newState, revision, newProblem, createdMillis, steps);
    }

    Operation at(long newRevision) {
      return new Operation(running, state, newRevision, problem, createdMillis, steps);
    }

    Operation with(OperationInfo.Step step) {
      List<OperationInfo.Step> more = new ArrayList<>(steps);
      more.add(step);
      return new Operation(running, state, revision, problem, createdMillis, more);
    }

    OperationInfo info() {
      return new OperationInfo(running.id(), running.kind(), state, running.tenancies(), revision, problem,
          createdMillis, steps);
    }
  }

  /** The same life in another stage. */
  static Life in(Life life, Stage stage) {
    return new Life(life.incarnation(), life.service(), life.tenancy(), life.target(), life.residue(), life.reads(),
        stage instanceof Stage.Measured measured
            ? measured.starts()
            : life.starts(),
        stage);
  }
}

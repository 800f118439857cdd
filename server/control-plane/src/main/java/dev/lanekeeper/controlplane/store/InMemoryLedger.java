package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.Problem;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.model.Incarnation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The ledger in memory. What a transaction changes it can undo. */
final class InMemoryLedger implements Ledger {

  private final Memory memory;
  private final long nowMillis;
  private final List<Runnable> undo;

  InMemoryLedger(Memory memory, long nowMillis, List<Runnable> undo) {
    this.memory = memory;
    this.nowMillis = nowMillis;
    this.undo = undo;
  }

  @Override
  public void begin(Running operation) {
    put(new Memory.Operation(operation, OperationInfo.RUNNING, null, null, nowMillis, List.of()));
  }

  private void put(Memory.Operation operation) {
    String id = operation.running().id();
    Memory.Operation before = memory.operations.put(id, operation);
    undo.add(() -> {
      if (before == null) {
        memory.operations.remove(id);
      } else {
        memory.operations.put(id, before);
      }
    });
  }

  private void change(String operation, UnaryOperator<Memory.Operation> change) {
    Memory.Operation before = memory.operations.get(operation);
    if (before != null) {
      put(change.apply(before));
    }
  }

  @Override
  public void done(String operation) {
    change(operation, one -> one.state().equals(OperationInfo.RUNNING) ? one.in(OperationInfo.DONE, null) : one);
  }

  @Override
  public void published(String operation, long revision) {
    change(operation, one -> one.at(revision));
  }

  @Override
  public void failed(String operation, Problem problem) {
    change(operation,
        one -> one.state().equals(OperationInfo.RUNNING) && one.revision() == null
            ? one.in(OperationInfo.FAILED, problem)
            : one);
  }

  @Override
  public boolean isRunning(String operation) {
    Memory.Operation one = memory.operations.get(operation);
    return one != null && one.state().equals(OperationInfo.RUNNING);
  }

  @Override
  public List<Running> unpublished() {
    return memory.operations.values().stream()
        .filter(one -> one.state().equals(OperationInfo.RUNNING) && one.revision() == null)
        .map(Memory.Operation::running).toList();
  }

  @Override
  public String documents(String operation) {
    Memory.Operation one = memory.operations.get(operation);
    return one == null ? "" : one.running().documents();
  }

  @Override
  public int countRunning() {
    return (int) memory.operations.values().stream().filter(one -> one.state().equals(OperationInfo.RUNNING)).count();
  }

  @Override
  public List<OperationInfo> operations(int most) {
    List<OperationInfo> all = new ArrayList<>(memory.operations.values().stream().map(Memory.Operation::info).toList());
    Collections.reverse(all);
    return List.copyOf(all.subList(0, Math.min(most, all.size())));
  }

  @Override
  public @Nullable OperationInfo operation(String id) {
    Memory.Operation one = memory.operations.get(id);
    return one == null ? null : one.info();
  }

  @Override
  public void step(String operation, @Nullable Incarnation incarnation, String step, String detail) {
    change(operation, one -> one.with(
        new OperationInfo.Step(nowMillis, incarnation == null ? null : incarnation.id(), step, detail)));
  }

  @Override
  public void insert(String operation, Life life) {
    put(new Entry(life, operation, null));
  }

  private void put(Entry entry) {
    Incarnation incarnation = entry.life().incarnation();
    Entry before = memory.lives.put(incarnation, entry);
    undo.add(() -> {
      if (before == null) {
        memory.lives.remove(incarnation);
      } else {
        memory.lives.put(incarnation, before);
      }
    });
  }

  @Override
  public boolean move(Incarnation incarnation, Stage from, Stage to) {
    Entry entry = memory.lives.get(incarnation);
    boolean moves = entry != null && entry.life().stage().name().equals(from.name());
    if (entry != null && moves) {
      put(new Entry(Memory.in(entry.life(), to), entry.birth(), entry.death()));
    }
    return moves;
  }

  @Override
  public void dying(Incarnation incarnation, String operation) {
    Entry entry = memory.lives.get(incarnation);
    if (entry != null) {
      put(new Entry(entry.life(), entry.birth(), operation));
    }
  }

  @Override
  public @Nullable Entry entry(Incarnation incarnation) {
    return memory.lives.get(incarnation);
  }

  @Override
  public boolean hasEnded(String id) {
    return lives(entry -> entry.life().incarnation().id().equals(id) && isEnded(entry)).size() == 1;
  }

  private static boolean isEnded(Entry entry) {
    return entry.life().stage() instanceof Stage.Ended;
  }

  private List<Entry> lives(Predicate<Entry> which) {
    return memory.lives.values().stream().filter(which).toList();
  }

  @Override
  public List<Entry> bornOf(String operation) {
    return memory.lives.values().stream().filter(entry -> entry.birth().equals(operation))
        .sorted(Comparator.comparing(entry -> entry.life().service().text())).toList();
  }

  @Override
  public List<Entry> unended() {
    return lives(entry -> !isEnded(entry));
  }

  @Override
  public List<Entry> abandoned() {
    return lives(entry -> {
      Memory.Operation birth = memory.operations.get(entry.birth());
      return birth != null && birth.state().equals(OperationInfo.FAILED) && switch (entry.life().stage()) {
        case Stage.Intended _,Stage.Measured _,Stage.Placed _ -> true;
        case Stage.Live _,Stage.Ending _,Stage.Taken _,Stage.Undertaking _,Stage.Closing _,Stage.Fenced _,Stage.Deleting _,Stage.Ended _ ->
          false;
      };
    });
  }

  @Override
  public List<Entry> dying() {
    return lives(entry -> switch (entry.life().stage()) {
      case Stage.Ending _,Stage.Taken _,Stage.Undertaking _,Stage.Closing _,Stage.Fenced _,Stage.Deleting _ -> true;
      case Stage.Intended _,Stage.Measured _,Stage.Placed _,Stage.Live _,Stage.Ended _ -> false;
    });
  }

  @Override
  public boolean isDying(String operation) {
    return !lives(entry -> Objects.equals(entry.death(), operation) && !isEnded(entry)).isEmpty();
  }

  @Override
  public void made(OwnTopic topic) {
    if (memory.ownTopics.putIfAbsent(key(topic), topic) == null) {
      undo.add(() -> memory.ownTopics.remove(key(topic)));
    }
  }

  private static List<String> key(OwnTopic topic) {
    return List.of(topic.kafka(), topic.topic());
  }

  @Override
  public List<OwnTopic> ownTopics(String kafka) {
    return memory.ownTopics.values().stream().filter(topic -> topic.kafka().equals(kafka))
        .sorted(Comparator.comparing(OwnTopic::topic)).toList();
  }

  @Override
  public void going(OwnTopic topic) {
    if (memory.ownTopics.containsKey(key(topic)) && memory.going.add(key(topic))) {
      undo.add(() -> memory.going.remove(key(topic)));
    }
  }

  @Override
  public Set<OwnTopic> goingTopics(String kafka) {
    return ownTopics(kafka).stream().filter(topic -> memory.going.contains(key(topic))).collect(Collectors.toSet());
  }

  @Override
  public void staying(OwnTopic topic) {
    if (memory.going.remove(key(topic))) {
      undo.add(() -> memory.going.add(key(topic)));
    }
  }

  @Override
  public void gone(OwnTopic topic) {
    OwnTopic before = memory.ownTopics.remove(key(topic));
    if (memory.going.remove(key(topic))) {
      undo.add(() -> memory.going.add(key(topic)));
    }
    if (before != null) {
      undo.add(() -> memory.ownTopics.put(key(before), before));
    }
  }

  @Override
  public @Nullable FloorRound round() {
    return memory.round;
  }

  @Override
  public boolean moveRound(@Nullable FloorRound known, @Nullable FloorRound next) {
    FloorRound before = memory.round;
    if (!Objects.equals(before, known)) {
      return false;
    }
    memory.round = next;
    undo.add(() -> memory.round = before);
    return true;
  }
}

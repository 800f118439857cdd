package dev.lanekeeper.controlplane.store;

import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.Problem;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.model.Incarnation;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Operations, the lives of overrides that they are about, and each step before it was tried.
 *
 * <p><b>Threads.</b> The one that runs the transaction.
 */
public interface Ledger {

  /** An operation that is not finished, with the documents that it is to apply (YAML, empty for none). */
  record Running(String id, String kind, List<String> tenancies, String documents) {

    /** Copies the list. */
    public Running {
      tenancies = List.copyOf(tenancies);
    }
  }

  /** A life with the operations that it hangs on. */
  record Entry(Life life, String birth, @Nullable String death) {

    /** The operation that is at work on it, or was last. */
    public String operation() {
      return death == null ? birth : death;
    }
  }

  /** Begins an operation. */
  void begin(Running operation);

  /** Ends an operation well. */
  void done(String operation);

  /** Says which revision an operation published. */
  void published(String operation, long revision);

  /** Gives an operation up. */
  void failed(String operation, Problem problem);

  /** Whether an operation is neither done nor failed. */
  boolean isRunning(String operation);

  /** The operations that are not finished and have not published anything yet, oldest first. */
  List<Running> unpublished();

  /** The documents that an operation is to apply; empty if it has none. */
  String documents(String operation);

  /** How many operations are not finished. */
  int countRunning();

  /** The newest operations with their steps, newest first. */
  List<OperationInfo> operations(int most);

  /** One operation with its steps; null if there is none. */
  @Nullable
  OperationInfo operation(String id);

  /** Writes down what is about to be tried. */
  void step(String operation, @Nullable Incarnation incarnation, String step, String detail);

  /** Begins a life. */
  void insert(String operation, Life life);

  /**
   * Moves a life on, if it still is where the mover believes it to be.
   *
   * @return whether it was
   */
  boolean move(Incarnation incarnation, Stage from, Stage to);

  /** Says which operation ends a life. */
  void dying(Incarnation incarnation, String operation);

  /** One life; null if there is none. */
  @Nullable
  Entry entry(Incarnation incarnation);

  /** Whether this is the id of a life that has ended, with nothing left of it in the broker. */
  boolean hasEnded(String id);

  /** The lives that an operation began. */
  List<Entry> bornOf(String operation);

  /** The lives that have not ended, or still have something in the broker. */
  List<Entry> unended();

  /** The lives that were never published, of operations that failed. */
  List<Entry> abandoned();

  /** The lives that have ended, or were given up, and still have something in the broker. */
  List<Entry> dying();

  /** Whether an operation still has lives that are on their way out. */
  boolean isDying(String operation);

  /** Says that a topic is this store's. */
  void made(OwnTopic topic);

  /** The topics in a Kafka that are this store's. */
  List<OwnTopic> ownTopics(String kafka);

  /** Says that a topic of this store is about to be deleted. */
  void going(OwnTopic topic);

  /** Says that it is not: it may be written to again. */
  void staying(OwnTopic topic);

  /** Those in a Kafka that are about to be deleted, and are not gone yet. */
  Set<OwnTopic> goingTopics(String kafka);

  /** Says that a topic is gone. */
  void gone(OwnTopic topic);

  /** The round in which what is to be forgotten is waited for; null if there is none. */
  @Nullable
  FloorRound round();

  /**
   * Puts a round in the place of another one.
   *
   * @param known the one that there is, as far as is known; null: none
   * @param next null: none
   * @return whether it was; otherwise nothing was done: somebody else went on with it
   */
  boolean moveRound(@Nullable FloorRound known, @Nullable FloorRound next);
}

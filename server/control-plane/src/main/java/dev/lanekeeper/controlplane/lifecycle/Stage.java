package dev.lanekeeper.controlplane.lifecycle;

import java.util.List;

/** How far a life of an override is. Each stage has only the transitions that are legal in it. */
public sealed interface Stage {

  /** What must be done in this stage; repeating it does no harm. */
  Effect effect();

  /** The name in the ledger. */
  String name();

  /** Someone wants it. Nothing was done in the broker. */
  record Intended() implements Stage {

    /** The name in the ledger. */
    public static final String NAME = "intended";

    /** The baseline's offsets were read. */
    public Measured measured(List<Start> starts) {
      return new Measured(starts);
    }

    /** It is given up, and has nothing in the broker. */
    public Ended cancelled() {
      return new Ended();
    }

    @Override
    public Effect effect() {
      return Effect.MEASURE;
    }

    @Override
    public String name() {
      return NAME;
    }
  }

  /**
   * The start offsets are recorded, once and for all: a repeat sets these, never newly read ones.
   *
   * @param starts where the groups begin
   */
  record Measured(List<Start> starts) implements Stage {

    /** The name in the ledger. */
    public static final String NAME = "measured";

    /** Copies the list. */
    public Measured {
      starts = List.copyOf(starts);
    }

    /** The offsets were set in the broker. */
    public Placed placed() {
      return new Placed(starts);
    }

    /** It is given up before it owned anything. */
    public Deleting cancelled() {
      return new Deleting();
    }

    @Override
    public Effect effect() {
      return Effect.PLACE;
    }

    @Override
    public String name() {
      return NAME;
    }
  }

  /**
   * The groups stand at their starts.
   *
   * @param starts where the groups begin
   */
  record Placed(List<Start> starts) implements Stage {

    /** The name in the ledger. */
    public static final String NAME = "placed";

    /** Copies the list. */
    public Placed {
      starts = List.copyOf(starts);
    }

    /** The birth was published. */
    public Live published() {
      return new Live();
    }

    /** It is given up before it owned anything. */
    public Deleting cancelled() {
      return new Deleting();
    }

    @Override
    public Effect effect() {
      return Effect.PUBLISH;
    }

    @Override
    public String name() {
      return NAME;
    }
  }

  /** It is in the route table. */
  record Live() implements Stage {

    /** The name in the ledger. */
    public static final String NAME = "live";

    /** The end was published; it has until the deadline to drain. */
    public Ending ended(long deadlineMillis) {
      return new Ending(deadlineMillis);
    }

    @Override
    public Effect effect() {
      return Effect.NOTHING;
    }

    @Override
    public String name() {
      return NAME;
    }
  }

  /**
   * Its end is published; its workload reads what it still owns, and leaves.
   *
   * @param deadlineMillis when those that have not left are evicted, ms since 1970
   */
  record Ending(long deadlineMillis) implements Stage {

    /** The name in the ledger. */
    public static final String NAME = "ending";

    /** Nobody is in its groups. */
    public Deleting drained() {
      return new Deleting();
    }

    /** Whether those that have not left are to be evicted. */
    public boolean isOver(long nowMillis) {
      return nowMillis >= deadlineMillis;
    }

    @Override
    public Effect effect() {
      return Effect.DRAIN;
    }

    @Override
    public String name() {
      return NAME;
    }
  }

  /** Its groups go. */
  record Deleting() implements Stage {

    /** The name in the ledger. */
    public static final String NAME = "deleting";

    /** Its groups are gone. */
    public Ended deleted() {
      return new Ended();
    }

    @Override
    public Effect effect() {
      return Effect.DELETE;
    }

    @Override
    public String name() {
      return NAME;
    }
  }

  /** Nothing is left of it but its entry in the route table, if it ever had one. */
  record Ended() implements Stage {

    /** The name in the ledger. */
    public static final String NAME = "ended";

    @Override
    public Effect effect() {
      return Effect.NOTHING;
    }

    @Override
    public String name() {
      return NAME;
    }
  }

  /**
   * The stage that a ledger holds.
   *
   * @param name its name
   * @param starts the recorded starts; empty where the stage has none
   * @param deadlineMillis the recorded deadline; 0 where the stage has none
   * @throws IllegalArgumentException if there is no such stage
   */
  static Stage of(String name, List<Start> starts, long deadlineMillis) {
    return switch (name) {
      case Intended.NAME -> new Intended();
      case Measured.NAME -> new Measured(starts);
      case Placed.NAME -> new Placed(starts);
      case Live.NAME -> new Live();
      case Ending.NAME -> new Ending(deadlineMillis);
      case Deleting.NAME -> new Deleting();
      case Ended.NAME -> new Ended();
      default -> throw new IllegalArgumentException("stage: \"" + name + "\" (expected: a stage of this version)");
    };
  }
}

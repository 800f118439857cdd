package dev.lanekeeper.controlplane.lifecycle;

import java.time.Duration;
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

    /**
     * The end was published.
     *
     * @param endedMillis when, ms since 1970
     * @param deadlineMillis until when it has to drain, ms since 1970
     */
    public Ending ended(long endedMillis, long deadlineMillis) {
      return new Ending(endedMillis, deadlineMillis);
    }

    /** The end was published, with an empty fence: nobody ever consumed. */
    public Ended ended() {
      return new Ended();
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
   * @param endedMillis when it ended, ms since 1970
   * @param deadlineMillis until when its workload may stay, ms since 1970
   */
  record Ending(long endedMillis, long deadlineMillis) implements Stage {

    /** The name in the ledger. */
    public static final String NAME = "ending";

    /** Nobody is in its groups, or the deadline is over: from here its workload is told to stop, whoever comes back. */
    public Taken taken() {
      return new Taken(endedMillis);
    }

    /** Whether the workload may stay no longer. */
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

  /**
   * Its workload may not stay: it is told to stop, and put out of the groups where it does not go.
   *
   * @param endedMillis when it ended, ms since 1970
   */
  record Taken(long endedMillis) implements Stage {

    /** The name in the ledger. */
    public static final String NAME = "taken";

    /** Nobody is in its groups: whoever comes back must ask first, and is told to stop. */
    public Undertaking emptied() {
      return new Undertaking(endedMillis);
    }

    @Override
    public Effect effect() {
      return Effect.TAKE;
    }

    @Override
    public String name() {
      return NAME;
    }
  }

  /**
   * Undertakers read in the place of its workload.
   *
   * @param endedMillis when it ended, ms since 1970
   */
  record Undertaking(long endedMillis) implements Stage {

    /** The name in the ledger. */
    public static final String NAME = "undertaking";

    /** The horizon has passed, and it was published that the life is closing. */
    public Closing closing(long revision) {
      return new Closing(revision);
    }

    /** Whether most of what was under way when it ended has arrived. */
    public boolean isOver(long nowMillis, Duration horizon) {
      return nowMillis >= endedMillis + horizon.toMillis();
    }

    @Override
    public Effect effect() {
      return Effect.UNDERTAKE;
    }

    @Override
    public String name() {
      return NAME;
    }
  }

  /**
   * The baseline is told that it must not act on records of this life, nor pass over them, until the fence is known.
   *
   * @param revision with which that was published
   */
  record Closing(long revision) implements Stage {

    /** The name in the ledger. */
    public static final String NAME = "closing";

    /** Every member of the baseline knew; the ends that were taken then were published as the fence. */
    public Fenced fenced() {
      return new Fenced();
    }

    @Override
    public Effect effect() {
      return Effect.CLOSE;
    }

    @Override
    public String name() {
      return NAME;
    }
  }

  /** Nothing more is added to what it owns; an undertaker reads the rest. */
  record Fenced() implements Stage {

    /** The name in the ledger. */
    public static final String NAME = "fenced";

    /** The undertaker has read to the fence, and left. */
    public Deleting buried() {
      return new Deleting();
    }

    @Override
    public Effect effect() {
      return Effect.BURY;
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

  /** What a ledger holds of a stage beside its name; 0 where it has none of that. */
  record Marks(long endedMillis, long deadlineMillis, long closing) {

    /** Of a stage that has none. */
    public static final Marks NONE = new Marks(0, 0, 0);
  }

  /** What a ledger is to hold beside the name. */
  default Marks marks() {
    return switch (this) {
      case Ending(long endedMillis, long deadlineMillis) -> new Marks(endedMillis, deadlineMillis, 0);
      case Taken(long endedMillis) -> new Marks(endedMillis, 0, 0);
      case Undertaking(long endedMillis) -> new Marks(endedMillis, 0, 0);
      case Closing(long revision) -> new Marks(0, 0, revision);
      case Intended _,Measured _,Placed _,Live _,Fenced _,Deleting _,Ended _ -> Marks.NONE;
    };
  }

  /**
   * The stage that a ledger holds.
   *
   * @param name its name
   * @param starts the recorded starts; empty where the stage has none
   * @param marks what was recorded beside them
   * @throws IllegalArgumentException if there is no such stage
   */
  static Stage of(String name, List<Start> starts, Marks marks) {
    return switch (name) {
      case Intended.NAME -> new Intended();
      case Measured.NAME -> new Measured(starts);
      case Placed.NAME -> new Placed(starts);
      case Live.NAME -> new Live();
      case Ending.NAME -> new Ending(marks.endedMillis(), marks.deadlineMillis());
      case Taken.NAME -> new Taken(marks.endedMillis());
      case Undertaking.NAME -> new Undertaking(marks.endedMillis());
      case Closing.NAME -> new Closing(marks.closing());
      case Fenced.NAME -> new Fenced();
      case Deleting.NAME -> new Deleting();
      case Ended.NAME -> new Ended();
      default -> throw new IllegalArgumentException("stage: \"" + name + "\" (expected: a stage of this version)");
    };
  }
}

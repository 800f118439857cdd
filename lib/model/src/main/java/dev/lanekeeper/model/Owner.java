package dev.lanekeeper.model;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whose a request or message is. */
public sealed interface Owner {

  /** The workload that serves the service when nobody overrides it. */
  Owner BASELINE = new Baseline();
  /** The tenant, or the override, had ended. */
  Owner ENDED = new Ended();
  /** Nobody ever registered the tenancy. */
  Owner UNREGISTERED = new Unregistered();
  /** The table cannot know. */
  Owner IN_DOUBT = new InDoubt(null);

  /** The workload that serves the service when nobody overrides it. */
  record Baseline() implements Owner {}

  /**
   * A tenant's version of the service.
   *
   * @param incarnation the life of the override: who the owner is
   * @param addresses where its instances are now, by the table that was asked: roots of HTTP servers, none where none is
   *     announced. No part of who it is: owners are equal by their incarnation
   * @param taken whether the undertaker acts on its messages, in its place and for good. No part of who it is either
   */
  record Workload(Incarnation incarnation, List<URI> addresses, boolean taken) implements Owner {

    /** Copies the addresses. */
    public Workload {
      addresses = List.copyOf(addresses);
    }

    /** The owner, wherever it is. */
    public Workload(Incarnation incarnation) {
      this(incarnation, List.of(), false);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Workload that && incarnation.equals(that.incarnation);
    }

    @Override
    public int hashCode() {
      return incarnation.hashCode();
    }
  }

  /**
   * An address written by hand.
   *
   * @param incarnation the life of the override
   * @param address the root of an HTTP server
   */
  record Redirect(Incarnation incarnation, URI address) implements Owner {}

  /**
   * Stubs. Whom they do not match, or whose calls they do not take, is served by the owner that lies
   * beneath; see {@link Calls.Sender}.
   *
   * @param incarnation the life of the override
   * @param from whose calls they take; null: everybody's
   */
  record Mock(Incarnation incarnation, @Nullable ServiceName from) implements Owner {

    /** Stubs that take everybody's calls. */
    public Mock(Incarnation incarnation) {
      this(incarnation, null);
    }

    /** Whether they take the calls of a service. {@code caller}: null where it is not known. */
    public boolean takesCallsOf(@Nullable ServiceName caller) {
      return from == null || (caller != null && from.equals(caller));
    }
  }

  /** The tenant had ended at the stamp. */
  record Ended() implements Owner {}

  /** Nobody had registered the tenancy at the stamp. */
  record Unregistered() implements Owner {}

  /**
   * The table is older than the stamp, or cannot tell yet.
   *
   * @param closing the ended life whose record this is, or was: where that ends is being settled. Nobody but its undertaker may
   *     act on it before. Null where the doubt is another
   */
  record InDoubt(@Nullable Incarnation closing) implements Owner {}
}

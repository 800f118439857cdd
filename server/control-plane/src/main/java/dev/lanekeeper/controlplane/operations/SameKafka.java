package dev.lanekeeper.controlplane.operations;

import java.util.Set;

/**
 * Which Cluster documents are of one Kafka: it may stand in several, of which each names another of its listeners.
 *
 * @param id by which the brokers know their cluster
 * @param names the documents that are of this Kafka
 * @param unknown the documents of which it is not known of which Kafka they are, since it did not answer yet
 */
record SameKafka(String id, Set<String> names, Set<String> unknown) {

  SameKafka {
    names = Set.copyOf(names);
    unknown = Set.copyOf(unknown);
  }

  /** What a document is of. */
  enum Relation {
    SAME,
    ANOTHER,
    UNKNOWN
  }

  /** Of which Kafka the document of this name is. */
  Relation is(String name) {
    return names.contains(name) ? Relation.SAME : unknown.contains(name) ? Relation.UNKNOWN : Relation.ANOTHER;
  }
}

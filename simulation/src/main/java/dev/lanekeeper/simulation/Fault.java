package dev.lanekeeper.simulation;

/** A rule of the protocol that is broken on purpose, one at a time, to show that it would be noticed. */
public enum Fault {
  NEWEST_TABLE("a record is decided by the newest table, not at its stamp"),
  NO_WAIT("nobody waits for a revision that is newer than his table"),
  SKIPS_IN_DOUBT("a workload under test passes over what it cannot decide"),
  HISTORY_DROPPED("what has ended is in no table any more"),
  FORGETS_BY_CLOCK("what has ended is in no table any more after some seconds"),
  NO_SEAL("a stamp is valid once its revision is given, whatever its seal"),
  NOT_GIVEN_BY_REPLICA("a copy of the store that is behind says that a revision was not given"),
  AS_OF_AHEAD("of what time the table is current is read from a clock of its own"),
  AS_OF_EQUAL("a table that is current as of a record's time is asked, not as of later"),
  STARTS_AT_THE_END("groups of workloads begin at the ends of partitions"),
  REVISION_BEFORE_OFFSETS("the birth is published before the offsets are set"),
  OFFSETS_ANEW("a late repeat sets offsets that were read anew"),
  GROUP_BY_TENANCY("the group of a workload is named after its tenancy"),
  NO_CONFIRMATION("a member that has joined decides before it has heard from the control plane"),
  ANSWERED_AT_ONCE("a question counts as answered before it was put"),
  DRAIN_SKIPPED("nobody waits until a workload has read what it owns"),
  NO_UNDERTAKER("nobody reads what a workload left"),
  UNDERTAKER_NOT_AWAITED("an undertaker is not waited for up to the fence"),
  COPIES_LOST("what is to be put aside is not written"),
  NO_TRANSACTION("what is put aside is not written together with the offsets"),
  CLOSING_UNACKNOWLEDGED("the fence is set before the members of the baseline have reported closing"),
  CLOSING_UNTOLD("members of the baseline report closing, and do not act by it"),
  ACKNOWLEDGED_BY_GROUP("a report counts for every member of the group, not for the one that it names"),
  REPORTS_AHEAD("data planes report the newest revision, not the one that they have applied"),
  FENCE_BEHIND("the fence is set at the ends of some time ago"),
  FENCE_TOLD_AHEAD("the baseline leaves to a workload what came after its group had gone"),
  NO_SWEEP("groups that come to be again are not looked for"),
  NO_CLAIM("what a workload may have begun to process is handed over all the same"),
  RELEASE_DROPS("what was put aside in doubt and lies before the place where its workload began is dropped"),
  HANDED_TO_ORIGIN("what is handed over goes through the topic that it came from"),
  FORGETS_DESPITE_LAG("the floor is raised though not all have read what was there"),
  QUARANTINE_NOT_KEYED("copies of one record in quarantine count as several");

  private final String what;

  Fault(String what) {
    this.what = what;
  }

  /** What is wrong then. */
  public String what() {
    return what;
  }
}

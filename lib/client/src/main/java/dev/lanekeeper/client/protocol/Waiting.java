package dev.lanekeeper.client.protocol;

/**
 * Somebody who waits for an answer.
 *
 * @param ticket names him
 * @param deadlineMillis when he stops to wait
 * @param question the question that was sent for him; 0 as long as none was. INVARIANT: it was sent after he asked
 * @param needs the revision that the answer named, which the table must reach; -1 as long as there is no answer
 */
public record Waiting(long ticket, long deadlineMillis, long question, long needs) {

  Waiting asking(long newQuestion) {
    return new Waiting(ticket, deadlineMillis, newQuestion, needs);
  }

  Waiting needing(long revision) {
    return new Waiting(ticket, deadlineMillis, question, revision);
  }
}

package dev.lanekeeper.client.protocol;

import java.util.ArrayList;
import java.util.List;

/** Who waits for which question, while one step of the protocol is being made. */
final class Questions {

  private final List<Waiting> waiting;
  private final List<Effect> effects;
  private long newest;
  private boolean open;

  Questions(ProtocolState before, List<Effect> effects) {
    this.waiting = new ArrayList<>(before.waiting());
    this.effects = effects;
    this.newest = before.questions();
    this.open = before.asking();
  }

  List<Waiting> waiting() {
    return waiting;
  }

  long newest() {
    return newest;
  }

  boolean isOpen() {
    return open;
  }

  void add(Event.Asked asked) {
    waiting.add(new Waiting(asked.ticket(), asked.deadlineMillis(), 0, -1));
  }

  /** Whether this is the answer to the open question, which is then closed. */
  boolean answered(Event.QuestionAnswered answer) {
    if (!close(answer.question())) {
      return false;
    }
    waiting.replaceAll(one -> one.question() == answer.question() ? one.needing(answer.revision()) : one);
    return true;
  }

  /** Whether it was the open question that failed; it is then closed, and those who waited for it are told. */
  boolean failed(Event.QuestionFailed failed) {
    if (!close(failed.question())) {
      return false;
    }
    waiting.stream().filter(one -> one.question() == failed.question()).forEach(one -> tell(one, false));
    waiting.removeIf(one -> one.question() == failed.question());
    return true;
  }

  private boolean close(long question) {
    boolean closes = open && question == newest;
    if (closes) {
      open = false;
    }
    return closes;
  }

  /**
   * Tells those who need not wait any longer, and asks for those for whom nobody has asked.
   *
   * @param followed the revision of a table that is being followed; -1 if it is not
   * @param cutOff whether there is nobody to ask
   */
  void settle(long nowMillis, long followed, boolean cutOff) {
    List<Waiting> still = new ArrayList<>();
    for (Waiting one : waiting) {
      boolean answered = one.needs() >= 0 && followed >= one.needs();
      if (answered || cutOff || nowMillis >= one.deadlineMillis()) {
        tell(one, answered);
      } else {
        still.add(one);
      }
    }
    waiting.clear();
    waiting.addAll(still);
    if (!open && still.stream().anyMatch(one -> one.question() == 0)) {
      long question = ++newest;
      open = true;
      waiting.replaceAll(one -> one.question() == 0 ? one.asking(question) : one);
      effects.add(new Effect.Ask(question));
    }
  }

  private void tell(Waiting one, boolean answered) {
    effects.add(new Effect.Tell(one.ticket(), answered));
  }
}

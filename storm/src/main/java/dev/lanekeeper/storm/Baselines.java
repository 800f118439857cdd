package dev.lanekeeper.storm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The processes of the baseline, each with a member in each of its groups. */
final class Baselines {

  private static final int MEMBERS = 2;

  private final Town town;
  private final List<Child> members = new ArrayList<>();
  private int more;

  Baselines(Town town) throws IOException {
    this.town = town;
    for (int i = 0; i < MEMBERS; i++) {
      members.add(started("baseline-" + i));
    }
  }

  private Child started(String name) throws IOException {
    Child member = town.startHost(name);
    member.tell("start " + name + " - " + town.relay(name).uri());
    return member;
  }

  int size() {
    return MEMBERS;
  }

  Child member(int number) {
    return members.get(number);
  }

  /** The relay of a member. */
  Relay relay(int number) {
    return town.relay("baseline-" + number);
  }

  /** Starts a member again that was killed. */
  void start(int number) throws IOException {
    members.set(number, started("baseline-" + number));
  }

  /** A further member. */
  Child another() throws IOException {
    more++;
    return started("another-" + more);
  }

  /** Has all of them leave, and ends them. */
  void close() throws IOException {
    for (Child member : members) {
      member.tellNothingMore();
    }
    members.forEach(Child::await);
  }
}

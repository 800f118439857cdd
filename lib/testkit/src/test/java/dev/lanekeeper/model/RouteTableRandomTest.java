package dev.lanekeeper.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanekeeper.testkit.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What must hold of every table, however it came about. */
class RouteTableRandomTest {

  private static final int HISTORIES = 25;
  private static final int LENGTH = 120;
  private static final int QUESTIONS = 600;
  private static final int CROWD = 20_000;

  private static Tag tag(Seeded random) {
    StringBuilder combination = new StringBuilder(random.oneOf(RandomHistory.TENANCIES));
    for (int i = random.below(3); i > 0; i--) {
      combination.append('+').append(random.oneOf(RandomHistory.TENANCIES));
    }
    return Tag.of(combination + (random.oneIn(5) ? "/y" : ""));
  }

  private static Position position(Seeded random, long offset) {
    return random.oneIn(2)
        ? Position.NONE
        : new Position(RandomHistory.TOPIC, random.below(RandomHistory.PARTITIONS), offset,
            1_000 + random.below(3_000));
  }

  private static Owner ask(RouteTable table, ServiceName service, Tag tag, long at, Position position) {
    Owner owner = table.ownerAt(service, tag, at, position.topic(), position.partition(), position.offset());
    WireTag cursor = Wires.cursor(new Carried(tag, Stamp.NONE));
    assertThat(table.ownerAt(service, cursor, at, position.topic(), position.partition(), position.offset()))
        .isEqualTo(owner);
    if (owner instanceof Owner.Workload workload) {
      assertThat(workload.addresses()).isEqualTo(table.addresses(workload.incarnation()));
    }
    return owner;
  }

  @Test
  void owner_random_isWhatTheNaiveRuleSays() {
    Seeded random = Seeded.of("owner_random_isWhatTheNaiveRuleSays");
    for (int history = 0; history < HISTORIES; history++) {
      List<RouteTable> tables = new RandomHistory(random, LENGTH).tables();
      RouteTable table = tables.get(LENGTH);
      NaiveOwner naive = new NaiveOwner(table);
      for (int i = 0; i < QUESTIONS; i++) {
        ServiceName service = random.oneOf(RandomHistory.SERVICES);
        Tag tag = tag(random);
        long at = tables.get(random.below(LENGTH + 1)).revision();
        Position position = position(random, random.below(30));
        assertThat(ask(table, service, tag, at, position)).as("%s %s at %s, %s", service, tag, at, position)
            .isEqualTo(naive.owner(service, tag, at, position));
      }
    }
  }

  /** INVARIANT: what a workload under test passes over by the headers alone is never its own. */
  @Test
  void owner_randomWorkload_isOfATenancyThatTheTagNames() {
    Seeded random = Seeded.of("owner_randomWorkload_isOfATenancyThatTheTagNames");
    int owned = 0;
    for (int history = 0; history < HISTORIES; history++) {
      List<RouteTable> tables = new RandomHistory(random, LENGTH).tables();
      List<OverrideLife> lives = tables.get(LENGTH).content().overrides();
      for (int i = 0; i < QUESTIONS; i++) {
        Tag tag =
            random.oneIn(2) ? tag(random) : Tag.of(tag(random).text(), "b:" + random.oneOf(RandomHistory.TENANCIES));
        WireTag cursor = Wires.cursor(new Carried(tag, Stamp.NONE));
        OverrideLife life = random.oneOf(lives);
        long at = tables.get(random.below(LENGTH + 1)).revision();
        Owner owner = tables.get(LENGTH).ownerAt(life.service(), tag, at, "", -1, -1);
        boolean isOwner = owner instanceof Owner.Workload workload && workload.incarnation().equals(life.incarnation());
        owned += isOwner ? 1 : 0;
        assertThat(cursor.names(life.tenancy())).as("%s names %s", tag, life.tenancy())
            .isEqualTo(names(tag, life.tenancy()));
        assertThat(isOwner && !cursor.names(life.tenancy())).as("%s at %s: %s", tag, at, life).isFalse();
      }
    }
    assertThat(owned).as("of those asked about").isGreaterThan(100);
  }

  private static boolean names(Tag tag, Tenancy wanted) {
    Stream<Tenancy> single = Stream.of(tag.overridesText()).filter(text -> !text.isEmpty())
        .map(text -> new Tenancy(text.substring(text.indexOf(':') + 1)));
    return Stream.concat(tag.tenancies().stream(), single).anyMatch(tenancy -> tenancy.lookups().contains(wanted));
  }

  /** INVARIANT: what is passed over before its place is looked at is passed over wherever it stands. */
  @Test
  void ownerWherever_random_isTheOwnerInEveryPlace() {
    Seeded random = Seeded.of("ownerWherever_random_isTheOwnerInEveryPlace");
    int workloads = 0;
    int inDoubt = 0;
    for (int history = 0; history < HISTORIES; history++) {
      List<RouteTable> tables = new RandomHistory(random, LENGTH).tables();
      RouteTable table = tables.get(LENGTH);
      for (int i = 0; i < QUESTIONS; i++) {
        ServiceName service = random.oneOf(RandomHistory.SERVICES);
        Tag tag = tag(random);
        long at = tables.get(random.below(LENGTH + 1)).revision();
        Owner wherever = table.ownerWherever(service, Wires.cursor(new Carried(tag, Stamp.NONE)), at);
        workloads += wherever instanceof Owner.Workload ? 1 : 0;
        inDoubt += wherever instanceof Owner.InDoubt ? 1 : 0;
        for (int partition = 0; partition < RandomHistory.PARTITIONS; partition++) {
          Owner there = table.ownerAt(service, tag, at, RandomHistory.TOPIC, partition, random.below(30));
          assertThat(wherever instanceof Owner.InDoubt || wherever.equals(there))
              .as("%s %s at %s: %s, in partition %s %s", service, tag, at, wherever, partition, there).isTrue();
        }
      }
    }
    assertThat(workloads).as("of those asked about").isGreaterThan(100);
    assertThat(inDoubt).as("of those asked about").isGreaterThan(100);
  }

  /** INVARIANT: what was remembered by one table is not said by another, be it a newer one or an older one. */
  @Test
  void passing_randomTablesInTurn_saysWhatMessagesSay() {
    Seeded random = Seeded.of("passing_randomTablesInTurn_saysWhatMessagesSay");
    int anothers = 0;
    for (int history = 0; history < HISTORIES; history++) {
      List<RouteTable> tables = new RandomHistory(random, LENGTH).tables();
      Self self = new Self(random.oneOf(RandomHistory.SERVICES), null, null);
      Passing passing = new Passing(self);
      RouteTable table = tables.get(LENGTH);
      for (int i = 0; i < QUESTIONS; i++) {
        table = random.oneIn(60) ? random.oneOf(tables) : table;
        RouteView view = new RouteView(table, Long.MAX_VALUE, false);
        Tag tag = random.oneIn(4) ? tag(random) : Tag.of(random.oneOf(RandomHistory.TENANCIES));
        Carried carried = new Carried(tag, random.oneOf(tables).stamp());
        boolean expected = Messages.isAnothers(view, self, Wires.cursor(carried));
        anothers += expected ? 1 : 0;
        assertThat(passing.isAnothers(view, Wires.cursor(carried))).as("%s at %s", carried, table.revision())
            .isEqualTo(expected);
      }
    }
    assertThat(anothers).as("of those asked about").isGreaterThan(100);
  }

  /** Far more tenancies than are remembered, several in each row, with names that differ at their ends only. */
  @Test
  void passing_crowd_saysWhatMessagesSay() {
    Seeded random = Seeded.of("passing_crowd_saysWhatMessagesSay");
    List<ServiceName> services = RandomHistory.SERVICES;
    RevisionLog log = RevisionLog.EMPTY;
    List<TenantLife> lives = new ArrayList<>();
    List<OverrideLife> overrides = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      long from = i + 1L;
      log = log.append(from, random.anyInt(), 1_000L + i);
      Tenancy tenancy = crowded(i);
      long end = random.oneIn(3) ? from + 1 + random.below(CROWD) : OverrideLife.OPEN;
      lives.add(new TenantLife(tenancy, from, OverrideLife.OPEN));
      overrides.add(OverrideLife.served(new Incarnation("i" + i), random.oneOf(services), tenancy, from, end,
          new Target.Workload(), List.of()));
    }
    RouteTable table =
        RouteTable.of(new RouteTable.Content(0, log, lives, overrides, List.of(), List.of(), List.of()));
    RouteView view = new RouteView(table, Long.MAX_VALUE, false);
    Self self = new Self(services.get(0), null, null);
    Passing passing = new Passing(self);
    int anothers = 0;
    for (int i = 0; i < 10 * CROWD; i++) {
      long at = 1L + random.below(CROWD);
      // Half of them of a few, so that they are remembered; they come at revisions before and after their lives.
      Tenancy tenancy = crowded(random.oneIn(2) ? random.below(CROWD) : random.below(100));
      Carried carried = new Carried(Tag.of(tenancy.text()), table.stampOf(at));
      boolean expected = Messages.isAnothers(view, self, Wires.cursor(carried));
      anothers += expected ? 1 : 0;
      assertThat(passing.isAnothers(view, Wires.cursor(carried))).as("%s", carried).isEqualTo(expected);
    }
    assertThat(anothers).as("of those asked about").isBetween(CROWD, 9 * CROWD);
  }

  private static Tenancy crowded(int i) {
    return new Tenancy(i % 2 == 0 ? "t" + i : "shop/testing/TID" + i);
  }

  /**
   * But for a fence, which ends what lies beyond it: here all positions are below; and while that is being settled nobody
   * can tell.
   */
  @Test
  void owner_randomNewerTable_isTheSame() {
    Seeded random = Seeded.of("owner_randomNewerTable_isTheSame");
    for (int history = 0; history < HISTORIES; history++) {
      List<RouteTable> tables = new RandomHistory(random, LENGTH).tables();
      for (int i = 0; i < QUESTIONS; i++) {
        int stamped = 1 + random.below(LENGTH);
        RouteTable then = tables.get(stamped);
        RouteTable newer = tables.get(stamped + random.below(LENGTH + 1 - stamped));
        Stamp stamp = random.oneIn(3) ? Stamp.NONE : then.stamp();
        Position position = stamp.isNone()
            ? new Position(RandomHistory.TOPIC, 0, 0, 1_000 + random.below(2_000))
            : position(random, random.below((int) RandomHistory.BELOW_FENCES));
        ServiceName service = random.oneOf(RandomHistory.SERVICES);
        Tag tag = tag(random);
        long asOf = then.log().commitMillis(then.log().size() - 1) + 1;
        Owner before = then.owner(service, tag, stamp, position, asOf);
        Owner after = newer.owner(service, tag, stamp, position, Long.MAX_VALUE);
        if (!(before instanceof Owner.InDoubt) && !committedBetween(then, newer, asOf)) {
          assertThat(after instanceof Owner.InDoubt doubt && doubt.closing() != null ? before : after)
              .as("%s %s stamp %s, %s", service, tag, stamp, position).isEqualTo(before);
        }
      }
    }
  }

  /** Whether the store gave another revision in a millisecond as of which the older table calls itself current. */
  private static boolean committedBetween(RouteTable then, RouteTable newer, long asOf) {
    RevisionLog log = newer.log();
    return log.size() > then.log().size() && log.commitMillis(then.log().size()) < asOf;
  }

  @Test
  void owner_randomFence_endsOnlyWhatAWorkloadHad() {
    Seeded random = Seeded.of("owner_randomFence_endsOnlyWhatAWorkloadHad");
    for (int history = 0; history < HISTORIES; history++) {
      List<RouteTable> tables = new RandomHistory(random, LENGTH).tables();
      for (int i = 0; i < QUESTIONS; i++) {
        RouteTable then = tables.get(1 + random.below(LENGTH));
        ServiceName service = random.oneOf(RandomHistory.SERVICES);
        Tag tag = tag(random);
        Position position = new Position(RandomHistory.TOPIC, random.below(5), random.below(30), 1);
        Owner before = then.owner(service, tag, then.stamp(), position, 0);
        Owner after = tables.get(LENGTH).owner(service, tag, then.stamp(), position, 0);
        boolean overridden = !(before instanceof Owner.Baseline) && !(before instanceof Owner.Unregistered);
        boolean closing = after instanceof Owner.InDoubt doubt && doubt.closing() != null;
        assertThat(after.equals(before) || (overridden && (closing || after instanceof Owner.Ended))).isTrue();
      }
    }
  }

  @Test
  void table_randomChanges_isTheTableOfItsContent() {
    Seeded random = Seeded.of("table_randomChanges_isTheTableOfItsContent");
    for (int history = 0; history < HISTORIES; history++) {
      for (RouteTable grown : new RandomHistory(random, LENGTH).tables()) {
        RouteTable.Content content = grown.content();
        RouteTable rebuilt = RouteTable.of(content);
        same(rebuilt, grown);
        for (int i = 0; i < 10; i++) {
          Tag tag = tag(random);
          ServiceName service = random.oneOf(RandomHistory.SERVICES);
          long at = random.below(LENGTH);
          Position position = position(random, random.below(30));
          assertThat(ask(rebuilt, service, tag, at, position)).isEqualTo(ask(grown, service, tag, at, position));
        }
      }
    }
  }

  private static void same(RouteTable rebuilt, RouteTable grown) {
    RouteTable.Content expected = grown.content();
    RouteTable.Content content = rebuilt.content();
    assertThat(rebuilt.revision()).isEqualTo(grown.revision());
    assertThat(rebuilt.stamp()).isEqualTo(grown.stamp());
    assertThat(content.environments()).isEqualTo(expected.environments());
    assertThat(content.services()).isEqualTo(expected.services());
    assertThat(content.tenants()).containsExactlyInAnyOrderElementsOf(expected.tenants());
    assertThat(content.overrides()).containsExactlyInAnyOrderElementsOf(expected.overrides());
    assertThat(content.instances()).containsExactlyInAnyOrderElementsOf(expected.instances());
    for (ServiceName service : RandomHistory.SERVICES) {
      for (int port = 1; port <= 3; port++) {
        assertThat(rebuilt.serviceAt(service.text(), port)).isEqualTo(grown.serviceAt(service.text(), port));
      }
    }
  }

  /** INVARIANT: nothing of a tenant that lives changes, and nobody gets what was another's. */
  @Test
  void owner_randomForgetting_changesOnlyWhatHadEnded() {
    Seeded random = Seeded.of("owner_randomForgetting_changesOnlyWhatHadEnded");
    int forgotten = 0;
    for (int history = 0; history < HISTORIES; history++) {
      List<RouteTable> tables = new RandomHistory(random, LENGTH).tables();
      RouteTable table = tables.get(LENGTH);
      long floor = tables.get(random.below(LENGTH + 1)).revision();
      RouteTable rest = table.forgetting(floor);
      assertThat(RouteTable.of(rest.content()).content()).usingRecursiveComparison().ignoringCollectionOrder()
          .ignoringFields("log").isEqualTo(rest.content());
      for (int i = 0; i < QUESTIONS; i++) {
        ServiceName service = random.oneOf(RandomHistory.SERVICES);
        Tag tag = Tag.of(random.oneOf(List.of("123", "nobody", "shop/testing", "shop/production", "a/b")));
        long at = tables.get(random.below(LENGTH + 1)).revision();
        Position position = position(random, random.below(30));
        Owner before = ask(table, service, tag, at, position);
        Owner after = ask(rest, service, tag, at, position);
        if (!after.equals(before)) {
          forgotten++;
          boolean production = tag.text().endsWith("/production");
          assertThat(after).as("%s %s at %s, floor %s, was %s", service, tag, at, floor, before)
              .isEqualTo(production ? Owner.BASELINE : at < floor ? Owner.ENDED : Owner.UNREGISTERED);
          assertThat(rest.content().tenants()).noneMatch(
              life -> life.tenancy().text().equals(tag.text()) && life.livesAt(at));
          assertThat(at < floor || before instanceof Owner.Ended).isTrue();
        }
      }
    }
    assertThat(forgotten).as("of those asked about").isGreaterThan(100);
  }
}

package dev.lanekeeper.model;

import java.util.List;

/** The one rule, written down as the design says it: with lists and texts, over everything that a table holds. */
final class NaiveOwner {

  private final RouteTable.Content content;

  NaiveOwner(RouteTable table) {
    content = table.content();
  }

  Owner owner(ServiceName service, Tag tag, long at, Position position) {
    boolean ended = false;
    boolean unregistered = false;
    for (Tenancy tenancy : tag.tenancies()) {
      Tenancy living = tenancy.lookups().stream().filter(name -> livesAt(name, at)).findFirst().orElse(null);
      if (living != null) {
        List<OverrideLife> found = content.overrides().stream()
            .filter(life -> life.tenancy().equals(living) && life.service().equals(service) && life.livesAt(at))
            .toList();
        if (!found.isEmpty()) {
          OverrideLife life = found.get(0);
          if (life.phase() == Phase.CLOSING && position.isRecord()) {
            return new Owner.InDoubt(life.incarnation());
          }
          return life.isFenced(position.topic(), position.partition(), position.offset())
              ? Owner.ENDED
              : life.target().owner(life.incarnation(), List.of(), life.phase() != Phase.SERVED);
        }
      } else if (tenancy.lookups().stream().anyMatch(name -> endedBy(name, at))) {
        ended = true;
      } else if (!tenancy.isProduction()) {
        unregistered = true;
      }
    }
    Owner none = unregistered ? Owner.UNREGISTERED : Owner.BASELINE;
    return ended ? Owner.ENDED : none;
  }

  private boolean livesAt(Tenancy tenancy, long at) {
    return content.tenants().stream().anyMatch(life -> life.tenancy().equals(tenancy) && life.livesAt(at));
  }

  private boolean endedBy(Tenancy tenancy, long at) {
    return content.tenants().stream().anyMatch(life -> life.tenancy().equals(tenancy) && life.to() <= at);
  }
}

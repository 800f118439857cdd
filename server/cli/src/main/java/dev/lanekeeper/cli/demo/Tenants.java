package dev.lanekeeper.cli.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The five tenants of the demo, their workloads, and the lane that each is to have. The first, 123, is the one that the eight
 * steps are about.
 */
final class Tenants {
  /** The tenancy of the eight steps. */
  static final String FIRST = "123";
  /** The document of the first tenant. */
  static final String FIRST_DOCUMENT = """
      kind: Tenant
      tenancy: "123"
      overrides:
        B: { workload: {} }
        C: { workload: {} }
      """;
  /** Two tenants with one workload under test each, combined. */
  static final String COMBINATION = "a+b";
  /** Stands for "untagged" where a tag is a key. */
  static final String UNTAGGED = "untagged";

  private static final String B2 = "B\"";
  private static final String C2 = "C\"";

  private final Town town;
  private final List<Workload> ofFirst = new ArrayList<>();

  /** Nobody is registered yet. */
  Tenants(Town town) {
    this.town = town;
  }

  /** The lane of each tag: untagged, the five tenants, the combination. */
  static Map<String, Lane> lanes() {
    var lanes = new LinkedHashMap<String, Lane>();
    lanes.put(UNTAGGED, Lane.BASELINE);
    lanes.put(FIRST, Lane.BASELINE.withB(B2).withC(C2));
    lanes.put("a", Lane.BASELINE.withB("B-a"));
    lanes.put("b", Lane.BASELINE.withC("C-b"));
    lanes.put("Feature/QueueUpdate", Lane.BASELINE.withC("C-queue"));
    lanes.put("shop/testing/TID1234", Lane.BASELINE.withD("D-shop"));
    lanes.put(COMBINATION, Lane.BASELINE.withB("B-a").withC("C-b"));
    return lanes;
  }

  /** The workloads of the first tenant, B″ and C″. */
  List<Workload> ofFirst() {
    return List.copyOf(ofFirst);
  }

  /** Registers the first tenant and starts B″ and C″; returns when they serve and everybody knows. */
  void startFirst() throws IOException, InterruptedException {
    var applied = town.client().applyYaml(FIRST_DOCUMENT);
    ofFirst.add(town.startUnderTest("B", FIRST, B2));
    ofFirst.add(town.startUnderTest("C", FIRST, C2));
    town.awaitServing(ofFirst);
    town.awaitReady(FIRST);
    town.awaitApplied(applied.results().getFirst().revision());
  }

  /** Registers the other four and starts their workloads; returns the D that one of them is redirected to, when all serve. */
  Workload startOthers() throws IOException, InterruptedException {
    Workload shop = town.startPlain("D", "D-shop");
    var applied = town.client().applyYaml("""
        kind: Tenant
        tenancy: a
        overrides: { B: { workload: {} } }
        ---
        kind: Tenant
        tenancy: b
        overrides: { C: { workload: {} } }
        ---
        kind: Tenant
        tenancy: Feature/QueueUpdate
        overrides: { C: { workload: {} } }
        ---
        kind: Tenant
        tenancy: shop/testing/TID1234
        overrides: { D: { redirect: "%s" } }
        """.formatted(shop.root()));
    town.awaitServing(List.of(shop, town.startUnderTest("B", "a", "B-a"), town.startUnderTest("C", "b", "C-b"),
        town.startUnderTest("C", "Feature/QueueUpdate", "C-queue")));
    for (String tenancy : List.of("a", "b", "Feature/QueueUpdate", "shop/testing/TID1234")) {
      town.awaitReady(tenancy);
    }
    town.awaitApplied(applied.results().getLast().revision());
    return shop;
  }

  /** Ends B″ and C″, as Ctrl-C does. */
  void endFirst() {
    ofFirst.forEach(town::end);
  }
}

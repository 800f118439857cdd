package dev.lanekeeper.it.outage;

import org.jspecify.annotations.Nullable;

/** The lanes of this test, and by whom each is served: what A answers, and what D is handed in the end. */
enum Lane {
  /** No tag: everything is the baseline's. */
  UNTAGGED(null, "B", "C"),
  /** Its B is played by the test, at an address written by hand; its C is the baseline's. */
  REDIRECTED("redirected", "B-redirected", "C"),
  /** Its C is a workload under test; its B is the baseline's. */
  TESTED("tested", "B", "C-tested");

  private final @Nullable String tenancy;
  private final String b;
  private final String c;

  Lane(@Nullable String tenancy, String b, String c) {
    this.tenancy = tenancy;
    this.b = b;
    this.c = c;
  }

  /** Its tenancy; null: untagged. */
  @Nullable
  String tenancy() {
    return tenancy;
  }

  /** What A answers when B has placed the order. */
  String answer() {
    return "{\"service\":\"A\",\"version\":\"A\",\"calls\":" + order(b) + "}";
  }

  /** What C hands to D. */
  String handed() {
    return "{\"service\":\"C\",\"version\":\"" + c + "\",\"from\":" + order(b) + "}";
  }

  /** What B answers and publishes. */
  static String order(String version) {
    return "{\"service\":\"B\",\"version\":\"" + version + "\"}";
  }
}

package dev.lanekeeper.it.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanekeeper.junit.Lane;
import dev.lanekeeper.junit.LaneBuilder;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tests that {@link LaneIT} has run in a JVM of their own; the build runs none of them. */
final class Samples {

  private Samples() {}

  private static String said(String name) {
    return Objects.requireNonNull(System.getProperty(name), name);
  }

  private static LaneBuilder lane() {
    return Lane.ofEnvironment().edge(said("town.a")).settle(Duration.ofMillis(200)).patience(Duration.ofSeconds(20));
  }

  /** One tenant for all of them. */
  static class OfAClass {

    @RegisterExtension static final Lane LANE = lane().override("B", said("town.otherB")).build();

    private static String first = "";

    @Test
    void one() throws Exception {
      HttpResponse<String> answer = LANE.get("/");
      assertEquals("A+B'", answer.body());
      LANE.path(answer).servedByBaseline("A").servedByTenant("B").servedByNobodyElse();
      same();
    }

    @Test
    void two() throws Exception {
      assertEquals("A+B'", LANE.get("/").body());
      LANE.path().servedByTenant("b");
      same();
    }

    private static void same() {
      System.out.println("TENANCY " + LANE.tenancy());
      first = first.isEmpty() ? LANE.tenancy() : first;
      assertEquals(first, LANE.tenancy());
    }
  }

  /** Classes within a class have its tenant, and the class still has it when they are through. */
  @TestMethodOrder(MethodOrderer.MethodName.class)
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  static class Outer {

    @RegisterExtension static final Lane LANE = lane().override("B", said("town.otherB")).build();

    private static String seen = "";

    static void same() throws Exception {
      assertEquals("A+B'", LANE.get("/").body());
      System.out.println("TENANCY " + LANE.tenancy());
      seen = seen.isEmpty() ? LANE.tenancy() : seen;
      assertEquals(seen, LANE.tenancy());
    }

    @BeforeAll
    void before() throws Exception {
      same();
    }

    @AfterAll
    void after() throws Exception {
      same();
    }

    @Test
    void one() throws Exception {
      same();
    }

    @Nested
    class Inner {
      @Test
      void two() throws Exception {
        same();
      }
    }

    @Nested
    class Other {
      @Test
      void three() throws Exception {
        same();
      }
    }
  }

  /** More than the control plane remembers at once of one test. */
  static class Many {

    @RegisterExtension static final Lane LANE = lane().override("B", said("town.otherB")).build();

    @Test
    void requests() throws Exception {
      for (int i = 0; i < 1_200; i++) {
        assertEquals("A+B'", LANE.get("/").body());
      }
      System.out.println("TENANCY " + LANE.tenancy());
    }

    @Test
    void another() {
      System.out.println("TENANCY " + LANE.tenancy());
    }
  }

  /** A tenant for each, and an override that is known late. */
  static class OfEachTest {

    private static String first = "";

    @RegisterExtension final Lane lane = lane().build();

    private void other() {
      System.out.println("TENANCY " + lane.tenancy());
      assertNotEquals(first, lane.tenancy());
      first = lane.tenancy();
    }

    @Test
    void one() throws Exception {
      assertEquals("A+B", lane.get("/").body());
      lane.path().servedByBaseline("B");
      lane.override("B", URI.create(said("town.otherB")));
      assertEquals("A+B'", lane.get("/").body());
      lane.path().servedByTenant("B");
      other();
    }

    @Test
    void two() throws Exception {
      assertEquals("A+B", lane.get("/").body());
      other();
    }
  }

  /** Its assertions about paths do not hold. */
  static class WrongPath {

    @RegisterExtension static final Lane LANE =
        lane().patience(Duration.ofSeconds(2)).override("B", said("town.otherB")).build();

    @Test
    void expectsAnotherPath() throws Exception {
      HttpResponse<String> answer = LANE.get("/");
      AssertionError failure =
          assertThrows(AssertionError.class, () -> LANE.path(answer).servedByBaseline("B"));
      String message = String.valueOf(failure.getMessage());
      assertTrue(message.contains("B=baseline to serve it; the path is"), message);
      assertTrue(message.contains("A of the baseline calls B -> " + LANE.tenancy()), message);
      assertThrows(AssertionError.class, () -> LANE.path(answer).servedByBaseline("A").servedByNobodyElse());
      assertThrows(AssertionError.class, () -> LANE.path(answer).refused("tenancy-ended"));
    }
  }

  /** A service passes on no tenancy: the request ends at a baseline that was overridden. */
  static class Leaking {

    @RegisterExtension static final Lane LANE = lane().override("B", said("town.otherB")).build();

    @Test
    void leaks() throws Exception {
      assertEquals("A+B", LANE.get("/forgetful").body());
    }

    @Test
    void staysInItsLane() throws Exception {
      assertEquals("A+B'", LANE.get("/").body());
    }
  }

  /** Nobody hears of what it sends. */
  static class Unheard {

    @RegisterExtension static final Lane LANE =
        lane().edge(said("town.otherB")).override("B", said("town.otherB")).build();

    @Test
    void passesByTheEdge() throws Exception {
      assertEquals("B'", LANE.get("/").body());
    }
  }

  /** Stays until it is killed. */
  static class Crashing {

    @RegisterExtension static final Lane LANE =
        lane().ttl(Duration.ofSeconds(3)).override("B", said("town.otherB")).build();

    @Test
    void stays() throws Exception {
      assertEquals("A+B'", LANE.get("/").body());
      System.out.println("TENANCY " + LANE.tenancy());
      Thread.sleep(Duration.ofMinutes(5).toMillis());
    }
  }
}

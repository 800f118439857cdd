package dev.lanekeeper.controlplane.store;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.lanekeeper.api.ApiJson;
import dev.lanekeeper.api.OperationInfo;
import dev.lanekeeper.api.Problem;
import dev.lanekeeper.controlplane.lifecycle.GroupReads;
import dev.lanekeeper.controlplane.lifecycle.Life;
import dev.lanekeeper.controlplane.lifecycle.Stage;
import dev.lanekeeper.controlplane.lifecycle.Start;
import dev.lanekeeper.model.Handover;
import dev.lanekeeper.model.Incarnation;
import dev.lanekeeper.model.PartitionOffset;
import dev.lanekeeper.model.Residue;
import dev.lanekeeper.model.ServiceName;
import dev.lanekeeper.model.Target;
import dev.lanekeeper.model.Tenancy;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The ledger in tables of SQL. */
final class SqlLedger implements Ledger {

  private static final String COLUMNS =
      "id, birth, death, service, tenancy, target, residue, reads, starts, stage, ended_at, deadline,"
          + " closing";
  private static final TypeReference<List<GroupReads>> READS = new TypeReference<>() {};
  private static final TypeReference<List<Start>> STARTS = new TypeReference<>() {};
  private static final TypeReference<List<PartitionOffset>> PLACES = new TypeReference<>() {};
  private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};
  private static final String WORKLOAD = "workload";
  private static final String MOCK = "mock";

  private final Statements statements;
  private final long nowMillis;

  SqlLedger(Statements statements, long nowMillis) {
    this.statements = statements;
    this.nowMillis = nowMillis;
  }

  @Override
  public void begin(Running operation) {
    statements.execute(
        "INSERT INTO operations (id, kind, state, tenancies, documents, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        operation.id(), operation.kind(), OperationInfo.RUNNING, ApiJson.write(operation.tenancies()),
        operation.documents(), nowMillis);
  }

  @Override
  public void done(String operation) {
    statements.execute("UPDATE operations SET state = ? WHERE id = ? AND state = ?", OperationInfo.DONE, operation,
        OperationInfo.RUNNING);
  }

  @Override
  public void published(String operation, long revision) {
    statements.execute("UPDATE operations SET revision = ? WHERE id = ?", revision, operation);
  }

  @Override
  public void failed(String operation, Problem problem) {
    statements.execute("UPDATE operations SET state = ?, problem = ? WHERE id = ? AND state = ? AND revision IS NULL",
        OperationInfo.FAILED, ApiJson.write(problem), operation, OperationInfo.RUNNING);
  }

  @Override
  public boolean isRunning(String operation) {
    return statements.query("SELECT count(*) FROM operations WHERE id = ? AND state = ?").bind(0, operation)
        .bind(1, OperationInfo.RUNNING).mapTo(Integer.class).one() > 0;
  }

  @Override
  public List<Running> unpublished() {
    return statements.query("SELECT id, kind, tenancies, documents FROM operations WHERE state = ? AND revision IS NULL"
        + " ORDER BY number")
        .bind(0, OperationInfo.RUNNING).map((row, context) -> new Running(row.getString(1),
            row.getString(2), ApiJson.read(row.getString(3), TEXTS), row.getString(4)))
        .list();
  }

  @Override
  public String documents(String operation) {
    return statements.query("SELECT documents FROM operations WHERE id = ?").bind(0, operation).mapTo(String.class)
        .findOne().orElse("");
  }

  @Override
  public int countRunning() {
    return statements.query("SELECT count(*) FROM operations WHERE state = ?").bind(0, OperationInfo.RUNNING)
        .mapTo(Integer.class).one();
  }

  @Override
  public List<OperationInfo> operations(int most) {
    return statements.query("SELECT * FROM operations ORDER BY number DESC LIMIT ?").bind(0, most)
        .map((row, context) -> operation(row)).list();
  }

  @Override
  public @Nullable OperationInfo operation(String id) {
    return statements.query("SELECT * FROM operations WHERE id = ?").bind(0, id).map((row, context) -> operation(row))
        .findOne().orElse(null);
  }

  private OperationInfo operation(ResultSet row) throws SQLException {
    String id = row.getString("id");
    long revision = row.getLong("revision");
    Long published = row.wasNull() ? null : revision;
    String problem = row.getString("problem");
    return new OperationInfo(id, row.getString("kind"), row.getString("state"),
        ApiJson.read(row.getString("tenancies"), TEXTS), published,
        problem == null ? null : ApiJson.read(problem, Problem.class), row.getLong("created_at"), steps(id));
  }

  private List<OperationInfo.Step> steps(String operation) {
    return statements.query("SELECT time, incarnation, step, detail FROM steps WHERE operation = ? ORDER BY number")
        .bind(0, operation).map((row, context) -> new OperationInfo.Step(row.getLong(1), row.getString(2),
            row.getString(3), row.getString(4)))
        .list();
  }

  @Override
  public void step(String operation, @Nullable Incarnation incarnation, String step, String detail) {
    statements.execute("INSERT INTO steps (operation, incarnation, time, step, detail) VALUES (?, ?, ?, ?, ?)",
        operation,
        incarnation == null ? null : incarnation.id(), nowMillis, step, detail);
  }

  @Override
  public void insert(String operation, Life life) {
    statements.execute("INSERT INTO incarnations (id, birth, service, tenancy, target, residue, reads, starts, stage,"
        + " deadline) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)", life.incarnation().id(), operation,
        life.service().text(), life.tenancy().text(), written(life.target()), written(life.residue()),
        ApiJson.write(life.reads()), ApiJson.write(life.starts()), life.stage().name());
  }

  @Override
  public boolean move(Incarnation incarnation, Stage from, Stage to) {
    Stage.Marks marks = to.marks();
    int moved = to instanceof Stage.Measured measured
        ? statements.execute("UPDATE incarnations SET stage = ?, starts = ? WHERE id = ? AND stage = ?", to.name(),
            ApiJson.write(measured.starts()), incarnation.id(), from.name())
        : statements.execute("UPDATE incarnations SET stage = ?, ended_at = ?, deadline = ?, closing = ?"
            + " WHERE id = ? AND stage = ?", to.name(), marks.endedMillis(), marks.deadlineMillis(), marks.closing(),
            incarnation.id(), from.name());
    return moved == 1;
  }

  @Override
  public void dying(Incarnation incarnation, String operation) {
    statements.execute("UPDATE incarnations SET death = ? WHERE id = ?", operation, incarnation.id());
  }

  @Override
  public @Nullable Entry entry(Incarnation incarnation) {
    return statements.query("SELECT " + COLUMNS + " FROM incarnations WHERE id = ?").bind(0, incarnation.id())
        .map((row, context) -> entry(row)).findOne().orElse(null);
  }

  @Override
  public boolean hasEnded(String id) {
    return statements.query("SELECT count(*) FROM incarnations WHERE id = ? AND stage = ?").bind(0, id)
        .bind(1, Stage.Ended.NAME).mapTo(Integer.class).one() > 0;
  }

  @Override
  public List<Entry> bornOf(String operation) {
    return statements.query("SELECT " + COLUMNS + " FROM incarnations WHERE birth = ? ORDER BY service")
        .bind(0, operation).map((row, context) -> entry(row)).list();
  }

  @Override
  public List<Entry> unended() {
    return statements.query("SELECT " + COLUMNS + " FROM incarnations WHERE stage <> ?").bind(0, Stage.Ended.NAME)
        .map((row, context) -> entry(row)).list();
  }

  @Override
  public List<Entry> abandoned() {
    return statements.query("SELECT " + COLUMNS + " FROM incarnations WHERE stage IN (?, ?, ?)"
        + " AND birth IN (SELECT operations.id FROM operations WHERE state = ?)").bind(0, Stage.Intended.NAME)
        .bind(1, Stage.Measured.NAME).bind(2, Stage.Placed.NAME).bind(3, OperationInfo.FAILED)
        .map((row, context) -> entry(row)).list();
  }

  @Override
  public List<Entry> dying() {
    return statements.query("SELECT " + COLUMNS + " FROM incarnations WHERE stage IN (<stages>)")
        .bindList("stages", List.of(Stage.Ending.NAME, Stage.Taken.NAME, Stage.Undertaking.NAME, Stage.Closing.NAME,
            Stage.Fenced.NAME, Stage.Deleting.NAME))
        .map((row, context) -> entry(row)).list();
  }

  @Override
  public boolean isDying(String operation) {
    return statements.query("SELECT count(*) FROM incarnations WHERE death = ? AND stage <> ?").bind(0, operation)
        .bind(1, Stage.Ended.NAME).mapTo(Integer.class).one() > 0;
  }

  @Override
  public void made(OwnTopic topic) {
    statements.execute("INSERT INTO handovers (kafka, topic, service, consumers, origin) VALUES (?, ?, ?, ?, ?)"
        + " ON CONFLICT (kafka, topic) DO NOTHING", topic.kafka(), topic.topic(), topic.service().text(),
        topic.handover().group(), topic.handover().origin());
  }

  @Override
  public List<OwnTopic> ownTopics(String kafka) {
    return topics(kafka, "");
  }

  private List<OwnTopic> topics(String kafka, String which) {
    return statements
        .query("SELECT service, consumers, origin, topic FROM handovers WHERE kafka = ?" + which + " ORDER BY topic")
        .bind(0, kafka).map((row, context) -> new OwnTopic(kafka, ServiceName.of(row.getString(1)),
            new Handover(row.getString(2), row.getString(3), row.getString(4))))
        .list();
  }

  @Override
  public void going(OwnTopic topic) {
    statements.execute("UPDATE handovers SET going = 1 WHERE kafka = ? AND topic = ?", topic.kafka(), topic.topic());
  }

  @Override
  public Set<OwnTopic> goingTopics(String kafka) {
    return Set.copyOf(topics(kafka, " AND going = 1"));
  }

  @Override
  public void staying(OwnTopic topic) {
    statements.execute("UPDATE handovers SET going = 0 WHERE kafka = ? AND topic = ?", topic.kafka(), topic.topic());
  }

  @Override
  public void gone(OwnTopic topic) {
    statements.execute("DELETE FROM handovers WHERE kafka = ? AND topic = ?", topic.kafka(), topic.topic());
  }

  @Override
  public @Nullable FloorRound round() {
    return statements.query("SELECT floor, phase, places FROM floor_round WHERE id = 1")
        .map((row, context) -> new FloorRound(row.getLong(1), FloorRound.Phase.valueOf(row.getString(2)),
            ApiJson.read(row.getString(3), PLACES)))
        .findOne().orElse(null);
  }

  @Override
  public boolean moveRound(@Nullable FloorRound known, @Nullable FloorRound next) {
    if (!Objects.equals(round(), known)) {
      return false;
    }
    statements.execute("DELETE FROM floor_round WHERE id = 1");
    if (next != null) {
      statements.execute("INSERT INTO floor_round (id, floor, phase, places) VALUES (1, ?, ?, ?)", next.floor(),
          next.phase().name(), ApiJson.write(next.places()));
    }
    return true;
  }

  private static Entry entry(ResultSet row) throws SQLException {
    List<Start> starts = ApiJson.read(row.getString("starts"), STARTS);
    Life life = new Life(new Incarnation(row.getString("id")), ServiceName.of(row.getString("service")),
        new Tenancy(row.getString("tenancy")), target(row.getString("target")),
        Residue.valueOf(row.getString("residue").toUpperCase(Locale.ROOT)),
        ApiJson.read(row.getString("reads"), READS), starts, Stage.of(row.getString("stage"), starts,
            new Stage.Marks(row.getLong("ended_at"), row.getLong("deadline"), row.getLong("closing"))));
    return new Entry(life, row.getString("birth"), row.getString("death"));
  }

  private static String written(Residue residue) {
    return residue.name().toLowerCase(Locale.ROOT);
  }

  private static String written(Target target) {
    return switch (target) {
      case Target.Workload() -> WORKLOAD;
      case Target.Mock mock -> MOCK + ApiJson.write(Mock.of(mock));
      case Target.Redirect(URI address) -> address.toString();
    };
  }

  private static Target target(String written) {
    if (written.startsWith(MOCK)) {
      return written.equals(MOCK)
          ? new Target.Mock(null, "", null) // from before there were stubs
          : ApiJson.read(written.substring(MOCK.length()), Mock.class).target();
    }
    return written.equals(WORKLOAD) ? new Target.Workload() : new Target.Redirect(URI.create(written));
  }

  /** A mock as it is written, behind its kind. */
  private record Mock(@Nullable String from, String digest, @Nullable String stubs) {

    static Mock of(Target.Mock mock) {
      return new Mock(mock.from() == null ? null : mock.from().text(), mock.digest(), mock.stubs());
    }

    Target target() {
      return new Target.Mock(from == null ? null : ServiceName.of(from), digest, stubs);
    }
  }
}

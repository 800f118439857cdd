-- The one row from which revisions are given. Times are ms since 1970, by the store's clock.
CREATE TABLE counter (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL,
  time     INTEGER NOT NULL
);
INSERT INTO counter (id, revision, time) VALUES (1, 0, 0);

-- The log. The route table is its fold; the payload is what watchers are sent.
CREATE TABLE changes (
  revision INTEGER PRIMARY KEY,
  seal     INTEGER NOT NULL,
  time     INTEGER NOT NULL,
  payload  TEXT NOT NULL
);

CREATE TABLE documents (
  kind TEXT NOT NULL,
  key  TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (kind, key)
);

-- What is registered beside its document.
CREATE TABLE tenants (
  tenancy       TEXT PRIMARY KEY,
  from_revision INTEGER NOT NULL REFERENCES changes (revision) DEFERRABLE INITIALLY DEFERRED,
  expires_at    INTEGER
);

-- The ledger: operations, the lives of overrides that they are about, and each step before it was tried.
CREATE TABLE operations (
  number     INTEGER PRIMARY KEY AUTOINCREMENT,
  id         TEXT NOT NULL UNIQUE,
  kind       TEXT NOT NULL,
  state      TEXT NOT NULL,
  tenancies  TEXT NOT NULL,
  documents  TEXT NOT NULL,
  revision   INTEGER,
  problem    TEXT,
  created_at INTEGER NOT NULL
);
CREATE INDEX operations_by_state ON operations (state);

CREATE TABLE incarnations (
  id        TEXT PRIMARY KEY,
  birth     TEXT NOT NULL REFERENCES operations (id),
  death     TEXT REFERENCES operations (id),
  service   TEXT NOT NULL,
  tenancy   TEXT NOT NULL,
  target    TEXT NOT NULL,
  reads     TEXT NOT NULL,
  starts    TEXT NOT NULL,
  stage     TEXT NOT NULL,
  deadline  INTEGER NOT NULL
);
CREATE INDEX incarnations_by_stage ON incarnations (stage);
CREATE INDEX incarnations_by_birth ON incarnations (birth);
CREATE INDEX incarnations_by_death ON incarnations (death);

CREATE TABLE steps (
  number      INTEGER PRIMARY KEY AUTOINCREMENT,
  operation   TEXT NOT NULL REFERENCES operations (id),
  incarnation TEXT,
  time        INTEGER NOT NULL,
  step        TEXT NOT NULL,
  detail      TEXT NOT NULL
);
CREATE INDEX steps_by_operation ON steps (operation);

-- What data planes reported. The group is empty where only the service was seen; the incarnation is empty for baselines.
CREATE TABLE inventory (
  service     TEXT NOT NULL,
  incarnation TEXT NOT NULL,
  bootstrap   TEXT NOT NULL,
  consumers   TEXT NOT NULL,
  topic       TEXT NOT NULL,
  seen_at     INTEGER NOT NULL,
  PRIMARY KEY (service, incarnation, bootstrap, consumers, topic)
);

CREATE TABLE announcements (
  instance    TEXT PRIMARY KEY,
  incarnation TEXT NOT NULL REFERENCES incarnations (id),
  workload    TEXT NOT NULL,
  address     TEXT
);
CREATE INDEX announcements_by_incarnation ON announcements (incarnation);

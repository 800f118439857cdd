-- The one row from which revisions are given: whoever writes anything locks it first. Times are ms since 1970, by the database's
-- clock; version counts the changes of what the catalog holds beside the route table.
CREATE TABLE counter (
  id         INTEGER PRIMARY KEY CHECK (id = 1),
  revision   BIGINT NOT NULL,
  time       BIGINT NOT NULL,
  version    BIGINT NOT NULL,
  edits_from BIGINT NOT NULL
) WITH (fillfactor = 10);
INSERT INTO counter (id, revision, time, version, edits_from) VALUES (1, 0, 0, 0, 0);

-- The log. The route table is its fold; the payload is what watchers are sent.
CREATE TABLE changes (
  revision BIGINT PRIMARY KEY,
  seal     INTEGER NOT NULL,
  time     BIGINT NOT NULL,
  payload  TEXT NOT NULL
);

-- What became another in the catalog beside the route table: by these a replica brings its own up to what others wrote. Those up to
-- counter.edits_from are gone.
CREATE TABLE edits (
  version BIGINT NOT NULL,
  number  INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  key     TEXT NOT NULL,
  body    TEXT,
  PRIMARY KEY (version, number)
);

-- That a transaction without a revision was committed: for who lost the connection in the midst of it.
CREATE TABLE commits (
  token TEXT PRIMARY KEY,
  time  BIGINT NOT NULL
);
CREATE INDEX commits_by_time ON commits (time);

CREATE TABLE documents (
  kind TEXT NOT NULL,
  key  TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (kind, key)
);

-- What is registered beside its document.
CREATE TABLE tenants (
  tenancy       TEXT PRIMARY KEY,
  from_revision BIGINT NOT NULL REFERENCES changes (revision) DEFERRABLE INITIALLY DEFERRED,
  expires_at    BIGINT
);

-- The ledger: operations, the lives of overrides that they are about, and each step before it was tried.
CREATE TABLE operations (
  number     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  kind       TEXT NOT NULL,
  state      TEXT NOT NULL,
  tenancies  TEXT NOT NULL,
  documents  TEXT NOT NULL,
  revision   BIGINT,
  problem    TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX operations_by_state ON operations (state);

CREATE TABLE incarnations (
  id        TEXT PRIMARY KEY,
  birth     TEXT NOT NULL REFERENCES operations (id),
  death     TEXT REFERENCES operations (id),
  service   TEXT NOT NULL,
  tenancy   TEXT NOT NULL,
  target    TEXT NOT NULL,
  residue   TEXT NOT NULL,
  reads     TEXT NOT NULL,
  starts    TEXT NOT NULL,
  stage     TEXT NOT NULL,
  ended_at  BIGINT NOT NULL DEFAULT 0,
  deadline  BIGINT NOT NULL,
  closing   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX incarnations_by_stage ON incarnations (stage);
CREATE INDEX incarnations_by_birth ON incarnations (birth);
CREATE INDEX incarnations_by_death ON incarnations (death);

CREATE TABLE steps (
  number      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  operation   TEXT NOT NULL REFERENCES operations (id),
  incarnation TEXT,
  time        BIGINT NOT NULL,
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
  seen_at     BIGINT NOT NULL,
  PRIMARY KEY (service, incarnation, bootstrap, consumers, topic)
);

CREATE TABLE announcements (
  instance    TEXT PRIMARY KEY,
  incarnation TEXT NOT NULL REFERENCES incarnations (id),
  workload    TEXT NOT NULL,
  address     TEXT
);
CREATE INDEX announcements_by_incarnation ON announcements (incarnation);

-- The records that were put aside in doubt, and of which it is settled whose they are: of one there may be several copies.
CREATE TABLE resolved (
  service TEXT NOT NULL,
  id      TEXT NOT NULL,
  time    BIGINT NOT NULL,
  PRIMARY KEY (service, id)
);
CREATE INDEX resolved_by_time ON resolved (time);

-- By what this store tells itself from others on the same broker. Random, and never changed.
CREATE TABLE identity (id TEXT NOT NULL);
INSERT INTO identity (id) VALUES (substr(replace(gen_random_uuid()::text, '-', ''), 1, 16));

-- The processes that were heard of lately, by any replica.
CREATE TABLE presence (
  id       TEXT PRIMARY KEY,
  report   TEXT,
  heard_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX presence_by_time ON presence (heard_at);

-- Since when somebody has been there to hear them.
CREATE TABLE listening (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  since TIMESTAMPTZ NOT NULL,
  last  TIMESTAMPTZ NOT NULL
);
INSERT INTO listening (id, since, last) VALUES (1, '-infinity', '-infinity');

-- The control planes, and which of them is at what.
CREATE TABLE replicas (
  id       TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  since    TIMESTAMPTZ NOT NULL,
  heard_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE leases (
  name   TEXT PRIMARY KEY,
  holder TEXT NOT NULL
);

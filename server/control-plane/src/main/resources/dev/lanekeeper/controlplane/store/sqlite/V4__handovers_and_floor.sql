-- The topics that this store had made to hand records over: others of such a name may be another store's.
CREATE TABLE handovers (
  kafka     TEXT NOT NULL,
  topic     TEXT NOT NULL,
  service   TEXT NOT NULL,
  consumers TEXT NOT NULL,
  origin    TEXT NOT NULL,
  PRIMARY KEY (kafka, topic)
);

-- The one round in which everybody is waited for before what has ended is forgotten: up to which revision, what is waited for, and
-- the places in partitions that have to be passed, as JSON.
CREATE TABLE floor_round (
  id     INTEGER PRIMARY KEY CHECK (id = 1),
  floor  BIGINT NOT NULL,
  phase  TEXT NOT NULL,
  places TEXT NOT NULL
);

-- What people did with records that were put aside. The life is empty where the baseline receives, and null where nobody does.
CREATE TABLE disposals (
  number    INTEGER PRIMARY KEY AUTOINCREMENT,
  operation TEXT NOT NULL REFERENCES operations (id),
  cluster   TEXT NOT NULL,
  service   TEXT NOT NULL,
  record    TEXT NOT NULL,
  place     TEXT NOT NULL,
  life      TEXT,
  receiver  TEXT,
  who       TEXT NOT NULL,
  time      INTEGER NOT NULL,
  done      INTEGER NOT NULL
);
CREATE INDEX disposals_by_record ON disposals (service, record);
CREATE INDEX disposals_by_operation ON disposals (operation);

-- The records that were put aside in doubt, and of which it is settled whose they are: of one there may be several copies.
CREATE TABLE resolved (
  service TEXT NOT NULL,
  id      TEXT NOT NULL,
  time    INTEGER NOT NULL,
  PRIMARY KEY (service, id)
);
CREATE INDEX resolved_by_time ON resolved (time);

-- By what this store tells itself from others on the same broker. Random, and never changed.
CREATE TABLE identity (id TEXT NOT NULL);
INSERT INTO identity (id) VALUES (lower(hex(randomblob(8))));

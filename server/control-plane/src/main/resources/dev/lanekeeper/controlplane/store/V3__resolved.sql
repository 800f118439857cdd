-- The records that were put aside in doubt, and of which it is settled whose they are: of one there may be several copies.
CREATE TABLE resolved (
  service TEXT NOT NULL,
  id      TEXT NOT NULL,
  time    INTEGER NOT NULL,
  PRIMARY KEY (service, id)
);
CREATE INDEX resolved_by_time ON resolved (time);

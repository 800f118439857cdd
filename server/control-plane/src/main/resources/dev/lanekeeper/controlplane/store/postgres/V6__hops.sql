-- What data planes did with requests that somebody traces: for all replicas, since the parts of one trace are told to any of them.
-- Nothing hangs on it, and all of it goes after a while.
CREATE UNLOGGED TABLE hops (
  number   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  trace    TEXT NOT NULL,
  hop      TEXT NOT NULL,
  heard_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX hops_by_trace ON hops (trace, number);
CREATE INDEX hops_by_time ON hops (heard_at);

-- What the stages after the end need to know: when a life ended, and with which revision it was published to be closing.
ALTER TABLE incarnations ADD COLUMN ended_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incarnations ADD COLUMN closing INTEGER NOT NULL DEFAULT 0;

-- What becomes of the records that a life owned and did not process.
ALTER TABLE incarnations ADD COLUMN residue TEXT NOT NULL DEFAULT 'discard';

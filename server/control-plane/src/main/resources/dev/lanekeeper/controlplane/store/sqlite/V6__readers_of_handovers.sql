-- Whether a consumer reads what is handed over to its group as well; 0: it does not.
ALTER TABLE inventory ADD COLUMN handovers INTEGER NOT NULL DEFAULT 1;

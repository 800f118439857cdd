-- Whether a consumer reads what is handed over to its group as well; 0: it does not.
ALTER TABLE inventory ADD COLUMN handovers INTEGER NOT NULL DEFAULT 1;

-- Whether such a topic is being deleted: nobody writes to it until it is gone.
ALTER TABLE handovers ADD COLUMN going INTEGER NOT NULL DEFAULT 0;

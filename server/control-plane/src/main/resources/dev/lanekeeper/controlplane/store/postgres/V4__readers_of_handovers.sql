-- Whether a consumer reads what is handed over to its group as well; 0: it does not.
ALTER TABLE inventory ADD COLUMN handovers INTEGER NOT NULL DEFAULT 1;

-- Whether such a topic is being deleted: nobody writes to it until it is gone.
ALTER TABLE handovers ADD COLUMN going INTEGER NOT NULL DEFAULT 0;

-- A record is the same by whatever document its Kafka goes.
UPDATE disposals SET record = substr(record, length(cluster) + 2) WHERE substr(record, 1, length(cluster) + 1) = cluster || ' ';

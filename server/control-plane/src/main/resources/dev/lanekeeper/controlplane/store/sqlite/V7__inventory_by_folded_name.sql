-- A line is found whatever the case in which its service was written: a report has thousands of them.
CREATE INDEX inventory_by_folded_name ON inventory (lower(service), incarnation, consumers, topic);

-- What was done to a machine stands in its history by when it was, which is not always the order in which it was written down:
-- a record may come from elsewhere.
CREATE INDEX intervention_in_time ON intervention (machine_id, at, id);

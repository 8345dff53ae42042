-- What a report reads of a use: nothing but this index, however wide the rows are.
CREATE INDEX use_reported ON use_session (machine_id, ended_at, started_at, alias_id)
    WHERE ended_at IS NOT NULL AND void = 0;

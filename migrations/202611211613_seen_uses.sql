-- A use that the rules forbade waits until somebody who cares for its machine has seen it: then it is put aside for everybody.
-- Who that was is in the record.
ALTER TABLE use_session ADD COLUMN seen_at INTEGER;

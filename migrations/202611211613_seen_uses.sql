-- A use that the rules forbade waits until somebody who cares for its machine has seen it: then it is put aside for everybody.
-- Who that was is in the record.
ALTER TABLE use_session ADD COLUMN seen_at INTEGER;

-- All of them, one behind the other, for whoever takes them out as a list.
CREATE INDEX use_unauthorised_in_order ON use_session (id) WHERE authorised = 0;

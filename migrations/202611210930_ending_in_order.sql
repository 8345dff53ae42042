-- Whose qualification ends next is read in its order, a person after the other where many end at once, and no further than
-- is shown: a list brings ten thousand that end on the same day.

DROP INDEX qualification_by_end;
CREATE INDEX qualification_by_end ON qualification (until, person_id) WHERE until IS NOT NULL;

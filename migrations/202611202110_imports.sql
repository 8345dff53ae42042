-- The key by which another system knows somebody: a list that is brought in twice names the same people both times. It
-- belongs to the profile, and goes with it.

ALTER TABLE profile ADD COLUMN external_key TEXT CONSTRAINT profile_key CHECK (length(external_key) BETWEEN 1 AND 100);

CREATE UNIQUE INDEX profile_by_key ON profile (external_key) WHERE external_key IS NOT NULL;

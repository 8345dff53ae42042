-- People are listed by their names as they are searched: large and small letters alike, and marks where the plain letter
-- is. The first line of what is sought is the name.

ALTER TABLE profile ADD COLUMN called TEXT
    GENERATED ALWAYS AS (substr(sought, 1, instr(sought, char(10)) - 1)) VIRTUAL;

-- A list is one walk over this, a search too.
DROP INDEX profile_by_called;
CREATE INDEX profile_by_called ON profile (called, person_id, sought);

-- People are found whatever letters their name is typed with: large or small, with marks or without, the words in any
-- order. What is searched is kept beside name and address, folded by the program (`domain::people::folded`), a line each;
-- NULL is not folded yet, which happens at the next start. Until then plain letters are found all the same.

ALTER TABLE profile ADD COLUMN folded TEXT;
ALTER TABLE profile ADD COLUMN sought TEXT
    GENERATED ALWAYS AS (coalesce(folded, lower(name || char(10) || coalesce(email, '')))) VIRTUAL;

CREATE INDEX profile_unfolded ON profile (person_id) WHERE folded IS NULL;

-- The search is one walk over this.
DROP INDEX profile_by_called;
CREATE INDEX profile_by_called ON profile (lower(name), person_id, sought);

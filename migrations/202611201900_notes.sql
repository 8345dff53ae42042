-- What managers write down about somebody, for each other. The words are in `remark`, so that they go with the person;
-- here is only that there is a note, and how often it was rewritten.

CREATE TABLE person_note (
    id        INTEGER PRIMARY KEY NOT NULL,
    person_id INTEGER NOT NULL CONSTRAINT note_person REFERENCES person (id),
    remark_id INTEGER NOT NULL CONSTRAINT note_remark UNIQUE REFERENCES remark (id),
    edited_at INTEGER,
    version   INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX note_by_person ON person_note (person_id);
CREATE INDEX remark_by_person ON remark (about_person) WHERE about_person IS NOT NULL;

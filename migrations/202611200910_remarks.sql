-- Free text, kept apart from what it is about so that it can be deleted.

CREATE TABLE remark (
    id           INTEGER PRIMARY KEY NOT NULL,
    about_person INTEGER CONSTRAINT remark_about REFERENCES person (id),
    by_alias     INTEGER CONSTRAINT remark_by REFERENCES alias (id),
    body         TEXT    NOT NULL,
    written_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX remark_by_person ON remark (about_person) WHERE about_person IS NOT NULL;

-- The highest id of a deleted remark. Append-only rows go on naming deleted remarks, so their ids are never given again.
-- AUTOINCREMENT would do the same, with one more write for every remark.
CREATE TABLE remark_number (
    id   INTEGER PRIMARY KEY NOT NULL CONSTRAINT remark_number_one CHECK (id = 1),
    last INTEGER NOT NULL
) STRICT;

INSERT INTO remark_number (id, last) VALUES (1, 0);

CREATE TRIGGER remark_number_kept AFTER DELETE ON remark
BEGIN UPDATE remark_number SET last = max(last, old.id); END;

-- Managers' notes about a person. The words are the remark's. Ids are never given again, for the audit log names them.
CREATE TABLE person_note (
    id        INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id INTEGER NOT NULL CONSTRAINT note_person REFERENCES person (id),
    remark_id INTEGER NOT NULL CONSTRAINT note_remark UNIQUE REFERENCES remark (id),
    edited_at INTEGER,
    version   INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX note_by_person ON person_note (person_id);

-- Advice that somebody who runs the space does not want to see any more.

CREATE TABLE dismissed (
    what TEXT    PRIMARY KEY NOT NULL CONSTRAINT dismissed_what CHECK (what IN ('set-up')),
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

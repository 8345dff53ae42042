-- A wall display is opened by a link that works once; the screen that used it keeps a secret of its own. So a link that
-- somebody photographs, or finds in a history, shows nothing any more.

CREATE TABLE display_renewed (
    id         INTEGER PRIMARY KEY NOT NULL,
    name       TEXT    NOT NULL CONSTRAINT display_name CHECK (length(name) BETWEEN 1 AND 200),
    -- Of what the screen keeps; NULL until a link was used.
    hash       BLOB    CONSTRAINT display_hash UNIQUE CHECK (length(hash) = 32),
    -- How many links were used; only the screen of the newest shows anything.
    opening    INTEGER NOT NULL DEFAULT 0,
    made_at    INTEGER NOT NULL,
    made_by    INTEGER CONSTRAINT display_by REFERENCES alias (id),
    seen_at    INTEGER,
    revoked_at INTEGER
) STRICT;

INSERT INTO display_renewed (id, name, hash, made_at, made_by, seen_at, revoked_at)
     SELECT id, name, hash, made_at, made_by, seen_at, revoked_at FROM display;
DROP TABLE display;
ALTER TABLE display_renewed RENAME TO display;

CREATE TABLE link_renewed (
    hash       BLOB    PRIMARY KEY NOT NULL CONSTRAINT link_sha256 CHECK (length(hash) = 32),
    purpose    TEXT    NOT NULL
        CONSTRAINT link_purpose CHECK (purpose IN ('set-up', 'sign-in', 'invite', 'reset', 'screen')),
    person_id  INTEGER CONSTRAINT link_person REFERENCES person (id),
    display_id INTEGER CONSTRAINT link_display REFERENCES display (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    CONSTRAINT link_for_somebody CHECK ((person_id IS NULL) = (purpose IN ('set-up', 'screen'))),
    CONSTRAINT link_for_a_screen CHECK ((display_id IS NULL) = (purpose <> 'screen'))
) STRICT, WITHOUT ROWID;

INSERT INTO link_renewed (hash, purpose, person_id, created_at, expires_at)
     SELECT hash, purpose, person_id, created_at, expires_at FROM link;
DROP TABLE link;
ALTER TABLE link_renewed RENAME TO link;

CREATE INDEX link_by_person ON link (person_id);

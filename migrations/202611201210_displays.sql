-- Wall displays: each shows what it may by a token of its own, until somebody takes it back.

CREATE TABLE display (
    id         INTEGER PRIMARY KEY NOT NULL,
    name       TEXT    NOT NULL CONSTRAINT display_name CHECK (length(name) BETWEEN 1 AND 200),
    hash       BLOB    NOT NULL CONSTRAINT display_hash UNIQUE CHECK (length(hash) = 32),
    made_at    INTEGER NOT NULL,
    made_by    INTEGER CONSTRAINT display_by REFERENCES alias (id),
    seen_at    INTEGER,
    revoked_at INTEGER
) STRICT;

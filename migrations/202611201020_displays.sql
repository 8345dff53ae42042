-- Wall displays. A link that works once opens one; the screen that followed it keeps a secret of its own, so a link that
-- somebody photographs is worth nothing.

CREATE TABLE display (
    id         INTEGER PRIMARY KEY NOT NULL,
    name       TEXT    NOT NULL CONSTRAINT display_name CHECK (length(name) BETWEEN 1 AND 200),
    -- Of the screen's secret; NULL until a link was followed.
    hash       BLOB    CONSTRAINT display_hash UNIQUE CONSTRAINT display_sha256 CHECK (length(hash) = 32),
    -- How many links were followed; only the screen that followed the newest shows anything.
    opening    INTEGER NOT NULL DEFAULT 0,
    made_at    INTEGER NOT NULL,
    made_by    INTEGER CONSTRAINT display_by REFERENCES alias (id),
    seen_at    INTEGER,
    revoked_at INTEGER
) STRICT;

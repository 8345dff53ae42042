-- What a workshop may choose, per space, type or machine; and the record of what was done, as a hash chain (the bytes
-- that are hashed are described in the store's `audit`).

CREATE TABLE setting (
    scope    TEXT    NOT NULL CONSTRAINT setting_scope CHECK (scope IN ('space', 'type', 'machine')),
    scope_id INTEGER NOT NULL, -- 0 for the space
    key      TEXT    NOT NULL,
    value    TEXT    NOT NULL,
    version  INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (scope, scope_id, key),
    CONSTRAINT setting_one_space CHECK ((scope = 'space') = (scope_id = 0))
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY NOT NULL,
    at      INTEGER NOT NULL,
    alias   INTEGER, -- who; NULL is Toolgate itself, or a board
    door    TEXT    NOT NULL CONSTRAINT audit_door CHECK (door IN ('web', 'api', 'board', 'command')),
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    detail  TEXT    NOT NULL, -- JSON: ids, words and numbers; no free text, no card uid
    hash    BLOB    NOT NULL CONSTRAINT audit_sha256 CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'append_only:audit'); END;

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'append_only:audit'); END;

-- One row that is changed to see whether a change reaches the disk.
CREATE TABLE pulse (
    id    INTEGER PRIMARY KEY NOT NULL CONSTRAINT pulse_one CHECK (id = 1),
    at    INTEGER NOT NULL,
    beats INTEGER NOT NULL
) STRICT;

INSERT INTO pulse VALUES (1, 0, 0);

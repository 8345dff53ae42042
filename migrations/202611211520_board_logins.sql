-- A login at the broker inside that is confined to one machine's number, for boards whose firmware can be told one. The
-- password is drawn here, long enough that a plain hash keeps it.
CREATE TABLE board_login (
    id         INTEGER PRIMARY KEY NOT NULL,
    user       TEXT    NOT NULL CONSTRAINT board_login_user UNIQUE,
    hash       BLOB    NOT NULL CONSTRAINT board_login_hash CHECK (length(hash) = 32),
    machine_id INTEGER NOT NULL CONSTRAINT board_login_machine REFERENCES machine (id),
    -- The machine's number at that time: it opens for this one, as long as that machine has it.
    number     INTEGER NOT NULL CONSTRAINT board_login_number CHECK (number BETWEEN 1 AND 65535),
    made_at    INTEGER NOT NULL,
    made_by    INTEGER CONSTRAINT board_login_by REFERENCES alias (id),
    used_at    INTEGER,
    revoked_at INTEGER
) STRICT;

CREATE INDEX board_login_in_force ON board_login (machine_id) WHERE revoked_at IS NULL;

-- The audit log, as a hash chain; `crates/store/src/audit.rs` says which bytes are hashed. Append-only, but for the
-- oldest entries: retention cuts them off.

CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY NOT NULL,
    at      INTEGER NOT NULL,
    alias   INTEGER, -- who; NULL is Toolgate itself, or a board
    door    TEXT    NOT NULL CONSTRAINT audit_door CHECK (door IN ('web', 'api', 'board', 'command')),
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL, -- 'machine:7'
    detail  TEXT    NOT NULL, -- JSON: ids, words and numbers; no free text, no card uid
    hash    BLOB    NOT NULL CONSTRAINT audit_sha256 CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX audit_by_subject ON audit (subject, seq);
CREATE INDEX audit_of_cards ON audit (subject, seq) WHERE action >= 'card.' AND action < 'card/';
CREATE INDEX audit_of_people ON audit (subject, seq) WHERE action >= 'person.' AND action < 'person/';
CREATE INDEX audit_by_alias ON audit (alias, seq) WHERE alias IS NOT NULL;
-- Nearly all entries are of uses. Lists that leave those out do not read them.
CREATE INDEX audit_without_uses ON audit (seq, action) WHERE action NOT IN ('use.start', 'use.extend', 'use.stop');
CREATE INDEX audit_without_uses_by_subject ON audit (subject, at, seq)
    WHERE action NOT IN ('use.start', 'use.extend', 'use.stop');

-- The last entry that was cut off. The chain itself has an entry that says the same, so the rest can still be verified.
CREATE TABLE audit_start (
    id   INTEGER PRIMARY KEY NOT NULL CONSTRAINT audit_start_one CHECK (id = 1),
    seq  INTEGER NOT NULL, -- 0 is nothing was cut off
    hash BLOB    NOT NULL CONSTRAINT audit_start_sha256 CHECK (length(hash) = 32)
) STRICT;

INSERT INTO audit_start (id, seq, hash) VALUES (1, 0, zeroblob(32));

CREATE TRIGGER audit_start_no_step_back BEFORE UPDATE ON audit_start WHEN new.seq <= old.seq
BEGIN SELECT RAISE(ABORT, 'append_only:audit_start'); END;

CREATE TRIGGER audit_start_no_delete BEFORE DELETE ON audit_start
BEGIN SELECT RAISE(ABORT, 'append_only:audit_start'); END;

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'append_only:audit'); END;

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN old.seq > coalesce((SELECT seq FROM audit_start), 0)
BEGIN SELECT RAISE(ABORT, 'append_only:audit'); END;

-- The last entry, in a second place that is written with each commit, so that a chain whose end was removed shows.
CREATE TABLE audit_head (
    id   INTEGER PRIMARY KEY NOT NULL CONSTRAINT audit_head_one CHECK (id = 1),
    seq  INTEGER NOT NULL,
    hash BLOB    NOT NULL CONSTRAINT audit_head_sha256 CHECK (length(hash) = 32)
) STRICT;

INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, zeroblob(32));

CREATE TRIGGER audit_head_no_step_back BEFORE UPDATE ON audit_head WHEN new.seq <= old.seq
BEGIN SELECT RAISE(ABORT, 'append_only:audit_head'); END;

CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'append_only:audit_head'); END;

-- Names of what entries are about.
CREATE VIEW audit_subject (subject, name) AS
          SELECT 'machine:' || id, name FROM machine
UNION ALL SELECT 'person:' || person_id, name FROM profile
UNION ALL SELECT 'type:' || id, name FROM equipment_type
UNION ALL SELECT 'place:' || id, name FROM place
UNION ALL SELECT 'display:' || id, name FROM display;

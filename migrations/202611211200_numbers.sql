-- A number that was given once is never given to anything else: who still holds one of a thing that is gone (a page that
-- stands open, a program that tries again, a request that waits) must not meet another thing under it. Each table goes on
-- behind what it can be known to have given: of what was deleted before, only the rest of the file still tells.

CREATE TABLE note_numbered (
    id        INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id INTEGER NOT NULL CONSTRAINT note_person REFERENCES person (id),
    remark_id INTEGER NOT NULL CONSTRAINT note_remark UNIQUE REFERENCES remark (id),
    edited_at INTEGER,
    version   INTEGER NOT NULL DEFAULT 1
) STRICT;
INSERT INTO note_numbered (id, person_id, remark_id, edited_at, version)
     SELECT id, person_id, remark_id, edited_at, version FROM person_note;
DROP TABLE person_note;
ALTER TABLE note_numbered RENAME TO person_note;
CREATE INDEX note_by_person ON person_note (person_id);

CREATE TABLE session_numbered (
    id               INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    hash             BLOB    NOT NULL CONSTRAINT session_hash UNIQUE CHECK (length(hash) = 32),
    person_id        INTEGER NOT NULL CONSTRAINT session_person REFERENCES person (id),
    created_at       INTEGER NOT NULL,
    seen_at          INTEGER NOT NULL,
    -- Slides with use, up to a fixed time after created_at.
    expires_at       INTEGER NOT NULL,
    second_factor_at INTEGER, -- when a second factor was shown in this session
    device           TEXT    NOT NULL -- "Firefox on Linux", as its holder would say
) STRICT;
INSERT INTO session_numbered (id, hash, person_id, created_at, seen_at, expires_at, second_factor_at, device)
     SELECT id, hash, person_id, created_at, seen_at, expires_at, second_factor_at, device FROM session;
DROP TABLE session;
ALTER TABLE session_numbered RENAME TO session;
CREATE INDEX session_by_person ON session (person_id);
CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE token_numbered (
    id               INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    hash             BLOB    NOT NULL CONSTRAINT api_token_hash UNIQUE CHECK (length(hash) = 32),
    person_id        INTEGER NOT NULL CONSTRAINT api_token_person REFERENCES person (id),
    name             TEXT    NOT NULL CONSTRAINT api_token_name CHECK (length(name) BETWEEN 1 AND 200),
    scopes           TEXT    NOT NULL CONSTRAINT api_token_scopes CHECK (length(scopes) > 0), -- words, separated by spaces
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER, -- exclusive; NULL is until it is revoked
    seen_at          INTEGER, -- to the minute
    second_factor_at INTEGER, -- when one was shown in the session in which it was made
    CONSTRAINT api_token_not_empty CHECK (expires_at IS NULL OR created_at < expires_at)
) STRICT;
INSERT INTO token_numbered (id, hash, person_id, name, scopes, created_at, expires_at, seen_at, second_factor_at)
     SELECT id, hash, person_id, name, scopes, created_at, expires_at, seen_at, second_factor_at FROM api_token;
DROP TABLE api_token;
ALTER TABLE token_numbered RENAME TO api_token;
CREATE INDEX api_token_by_person ON api_token (person_id);

-- Forgotten after 30 days, while uses and decisions refer to it for longer.
CREATE TABLE unknown_card_numbered (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    uid        TEXT    NOT NULL,
    machine_id INTEGER NOT NULL CONSTRAINT unknown_card_machine REFERENCES machine (id),
    first_seen INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    seen       INTEGER NOT NULL DEFAULT 1,
    ignored_at INTEGER, -- put aside by whoever looks after cards
    CONSTRAINT unknown_card_once UNIQUE (uid, machine_id)
) STRICT;
INSERT INTO unknown_card_numbered (id, uid, machine_id, first_seen, last_seen, seen, ignored_at)
     SELECT id, uid, machine_id, first_seen, last_seen, seen, ignored_at FROM unknown_card;
DROP TABLE unknown_card;
ALTER TABLE unknown_card_numbered RENAME TO unknown_card;
CREATE INDEX unknown_card_by_time ON unknown_card (last_seen);

-- What was given last, as far as anything tells.
CREATE TEMP TABLE given AS
    SELECT 'person_note' AS name, (SELECT max(id) FROM person_note) AS last
    UNION ALL SELECT 'person_note', max(iif(json_valid(detail), CAST(detail ->> '$.note' AS INTEGER), 0))
                  FROM audit WHERE action = 'note.written'
    UNION ALL SELECT 'session', max(id) FROM session
    UNION ALL SELECT 'session', max(iif(json_valid(detail), CAST(detail ->> '$.session' AS INTEGER), 0))
                  FROM audit WHERE action >= 'account.' AND action < 'account/'
    UNION ALL SELECT 'api_token', max(id) FROM api_token
    UNION ALL SELECT 'api_token', max(iif(json_valid(detail), CAST(detail ->> '$.token' AS INTEGER), 0))
                  FROM audit WHERE action >= 'account.' AND action < 'account/'
    UNION ALL SELECT 'unknown_card', max(id) FROM unknown_card
    UNION ALL SELECT 'unknown_card', max(unknown_card_id) FROM board_fact
    UNION ALL SELECT 'unknown_card', max(unknown_card_id) FROM use_session
    UNION ALL SELECT 'unknown_card', max(unknown_card_id) FROM attempt;
DELETE FROM sqlite_sequence WHERE name IN (SELECT name FROM temp.given);
INSERT INTO sqlite_sequence (name, seq) SELECT name, coalesce(max(last), 0) FROM temp.given GROUP BY name;
DROP TABLE temp.given;

-- Of uses, one that was only supposed goes when its board tells how it was. Few do: the table stays as it is, and the last
-- number of one that went is kept beside it.
CREATE TABLE use_number (
    id   INTEGER PRIMARY KEY NOT NULL CONSTRAINT use_number_one CHECK (id = 1),
    last INTEGER NOT NULL
) STRICT;
INSERT INTO use_number (id, last) SELECT 1, coalesce(max(use_id), 0) FROM machine_request;

CREATE TRIGGER use_number_kept AFTER DELETE ON use_session
BEGIN UPDATE use_number SET last = max(last, old.id); END;

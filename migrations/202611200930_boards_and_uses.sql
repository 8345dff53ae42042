-- What boards say, and what it amounts to. `board_fact` holds each word about a use as it came and is never changed;
-- `use_session` and `machine_total` are computed from it by one function and may be computed anew.

-- The last word from whatever board speaks for a machine. A row of its own, because it changes all the time.
CREATE TABLE machine_signal (
    machine_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT signal_machine REFERENCES machine (id),
    heard_at   INTEGER NOT NULL,
    -- Whether everybody was told that it is online; the job that watches for silence puts it to 0.
    online     INTEGER NOT NULL CONSTRAINT signal_online CHECK (online IN (0, 1))
) STRICT;

CREATE INDEX signal_online ON machine_signal (heard_at) WHERE online = 1;

-- A board, told apart by its serial number; several may claim one machine. Old firmware gives no serial: one row each
-- per machine stands for those.
CREATE TABLE board (
    id         INTEGER PRIMARY KEY NOT NULL,
    machine_id INTEGER NOT NULL CONSTRAINT board_machine REFERENCES machine (id),
    serial     TEXT    NOT NULL DEFAULT '',
    firmware   TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    heap       INTEGER,
    first_seen INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    CONSTRAINT board_once UNIQUE (machine_id, serial)
) STRICT;

-- A card that nobody has claimed: one row per card and machine, for 30 days.
CREATE TABLE unknown_card (
    id         INTEGER PRIMARY KEY NOT NULL,
    uid        TEXT    NOT NULL,
    machine_id INTEGER NOT NULL CONSTRAINT unknown_card_machine REFERENCES machine (id),
    first_seen INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    seen       INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT unknown_card_once UNIQUE (uid, machine_id)
) STRICT;

-- Every decision at a board, with its reasons.
CREATE TABLE attempt (
    id              INTEGER PRIMARY KEY NOT NULL,
    machine_id      INTEGER NOT NULL CONSTRAINT attempt_machine REFERENCES machine (id),
    card_id         INTEGER CONSTRAINT attempt_card REFERENCES card (id),
    unknown_card_id INTEGER, -- no foreign key: forgotten after 30 days, the attempt after 90
    at              INTEGER NOT NULL,
    level           INTEGER NOT NULL CONSTRAINT attempt_level CHECK (level BETWEEN 0 AND 3),
    reasons         TEXT    NOT NULL -- codes, separated by spaces; empty when allowed
) STRICT;

CREATE INDEX attempt_by_machine ON attempt (machine_id, at);

CREATE TABLE board_fact (
    id              INTEGER PRIMARY KEY NOT NULL,
    machine_id      INTEGER NOT NULL CONSTRAINT fact_machine REFERENCES machine (id),
    card_id         INTEGER CONSTRAINT fact_card REFERENCES card (id),
    unknown_card_id INTEGER, -- no foreign key: forgotten after 30 days
    action          TEXT    NOT NULL CONSTRAINT fact_action CHECK (action IN ('start', 'extend', 'stop')),
    duration_s      INTEGER NOT NULL CONSTRAINT fact_duration CHECK (duration_s >= 0),
    replay          INTEGER NOT NULL CONSTRAINT fact_replay CHECK (replay IN (0, 1)),
    arrived_at      INTEGER NOT NULL,
    CONSTRAINT fact_one_bearer CHECK ((card_id IS NULL) <> (unknown_card_id IS NULL))
) STRICT;

CREATE TRIGGER fact_no_update BEFORE UPDATE ON board_fact
BEGIN SELECT RAISE(ABORT, 'append_only:board_fact'); END;

CREATE TRIGGER fact_no_delete BEFORE DELETE ON board_fact
BEGIN SELECT RAISE(ABORT, 'append_only:board_fact'); END;

CREATE TABLE use_session (
    id              INTEGER PRIMARY KEY NOT NULL,
    machine_id      INTEGER NOT NULL CONSTRAINT use_machine REFERENCES machine (id),
    alias_id        INTEGER CONSTRAINT use_alias REFERENCES alias (id),
    card_id         INTEGER CONSTRAINT use_card REFERENCES card (id),
    unknown_card_id INTEGER,
    started_at      INTEGER NOT NULL,
    last_sign_at    INTEGER NOT NULL,
    ended_at        INTEGER,
    ending          TEXT    CONSTRAINT use_ending CHECK (ending IN ('logged-out', 'auto-logoff', 'superseded')),
    source          TEXT    NOT NULL CONSTRAINT use_source CHECK (source IN ('live', 'replayed')),
    approximate     INTEGER NOT NULL CONSTRAINT use_approximate CHECK (approximate IN (0, 1)),
    provisional     INTEGER NOT NULL CONSTRAINT use_provisional CHECK (provisional IN (0, 1)),
    other_card      INTEGER NOT NULL CONSTRAINT use_other_card CHECK (other_card IN (0, 1)),
    twin_start      INTEGER NOT NULL CONSTRAINT use_twin_start CHECK (twin_start IN (0, 1)),
    twin_stop       INTEGER NOT NULL CONSTRAINT use_twin_stop CHECK (twin_stop IN (0, 1)),
    -- The rules allowed it when it began; the board had switched on already.
    authorised      INTEGER NOT NULL CONSTRAINT use_authorised CHECK (authorised IN (0, 1)),
    CONSTRAINT use_one_bearer CHECK ((card_id IS NULL) <> (unknown_card_id IS NULL)),
    CONSTRAINT use_ends_after_start CHECK (ended_at >= started_at),
    CONSTRAINT use_ended_somehow CHECK ((ended_at IS NULL) = (ending IS NULL))
) STRICT;

-- At most one open session of a machine, whatever any program believes.
CREATE UNIQUE INDEX use_open ON use_session (machine_id) WHERE ended_at IS NULL;
CREATE INDEX use_open_by_card ON use_session (card_id) WHERE ended_at IS NULL;
CREATE INDEX use_by_end ON use_session (machine_id, ended_at, id);

-- The running total of hours, so that no answer to a board depends on how long the history is.
CREATE TABLE machine_total (
    machine_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT total_machine REFERENCES machine (id),
    used_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What boards sent that could not be read, by kind, with the last example (card uids masked).
CREATE TABLE rejected_message (
    kind    TEXT    PRIMARY KEY NOT NULL,
    seen    INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    topic   TEXT    NOT NULL,
    example TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

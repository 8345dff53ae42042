-- Uses of machines. `board_fact` keeps each message of a board about a use as it came. `use_session` and `machine_total`
-- are projections of the facts, made by one function (`domain::uses::project`), and may be computed anew.
--
-- After the retention period facts and uses lose their card: `card_id` becomes NULL and `unknown_card_id` 0.

CREATE TABLE board_fact (
    id              INTEGER PRIMARY KEY NOT NULL,
    machine_id      INTEGER NOT NULL CONSTRAINT fact_machine REFERENCES machine (id),
    card_id         INTEGER CONSTRAINT fact_card REFERENCES card (id),
    unknown_card_id INTEGER, -- no foreign key: an unknown card is deleted after 30 days
    action          TEXT    NOT NULL CONSTRAINT fact_action CHECK (action IN ('start', 'extend', 'stop')),
    duration_s      INTEGER NOT NULL CONSTRAINT fact_duration CHECK (duration_s >= 0),
    replay          INTEGER NOT NULL CONSTRAINT fact_replay CHECK (replay IN (0, 1)),
    arrived_at      INTEGER NOT NULL,
    CONSTRAINT fact_one_bearer CHECK ((card_id IS NULL) <> (unknown_card_id IS NULL))
) STRICT;

-- Facts up to this id have lost their card, or may lose it.
CREATE TABLE fact_start (
    id   INTEGER PRIMARY KEY NOT NULL CONSTRAINT fact_start_one CHECK (id = 1),
    fact INTEGER NOT NULL
) STRICT;

INSERT INTO fact_start (id, fact) VALUES (1, 0);

CREATE TRIGGER fact_start_no_step_back BEFORE UPDATE ON fact_start WHEN new.fact <= old.fact
BEGIN SELECT RAISE(ABORT, 'append_only:fact_start'); END;

CREATE TRIGGER fact_start_no_delete BEFORE DELETE ON fact_start
BEGIN SELECT RAISE(ABORT, 'append_only:fact_start'); END;

-- Lets one change through: an old fact loses its card, and nothing else of it changes.
CREATE TRIGGER fact_no_update BEFORE UPDATE ON board_fact
WHEN old.id > coalesce((SELECT fact FROM fact_start), 0) OR old.card_id IS NULL
  OR new.card_id IS NOT NULL OR new.unknown_card_id IS NOT 0
  OR (new.id, new.machine_id, new.action, new.duration_s, new.replay, new.arrived_at)
     IS NOT (old.id, old.machine_id, old.action, old.duration_s, old.replay, old.arrived_at)
BEGIN SELECT RAISE(ABORT, 'append_only:board_fact'); END;

CREATE TRIGGER fact_no_delete BEFORE DELETE ON board_fact
BEGIN SELECT RAISE(ABORT, 'append_only:board_fact'); END;

CREATE TABLE use_session (
    id              INTEGER PRIMARY KEY NOT NULL,
    machine_id      INTEGER NOT NULL CONSTRAINT use_machine REFERENCES machine (id),
    alias_id        INTEGER CONSTRAINT use_alias REFERENCES alias (id), -- who it was; a correction changes this
    card_id         INTEGER CONSTRAINT use_card REFERENCES card (id), -- which card it was; a correction does not
    unknown_card_id INTEGER,
    started_at      INTEGER NOT NULL,
    last_sign_at    INTEGER NOT NULL,
    ended_at        INTEGER,
    ending          TEXT    CONSTRAINT use_ending CHECK (ending IN
        ('logged-out', 'auto-logoff', 'superseded', 'lost', 'silent', 'remote', 'booking', 'conflict', 'manager')),
    source          TEXT    NOT NULL CONSTRAINT use_source CHECK (source IN ('live', 'replayed')),
    approximate     INTEGER NOT NULL CONSTRAINT use_approximate CHECK (approximate IN (0, 1)),
    provisional     INTEGER NOT NULL CONSTRAINT use_provisional CHECK (provisional IN (0, 1)),
    other_card      INTEGER NOT NULL CONSTRAINT use_other_card CHECK (other_card IN (0, 1)),
    twin_start      INTEGER NOT NULL CONSTRAINT use_twin_start CHECK (twin_start IN (0, 1)),
    twin_stop       INTEGER NOT NULL CONSTRAINT use_twin_stop CHECK (twin_stop IN (0, 1)),
    -- Whether the rules allowed it when it began; the board had already switched on.
    authorised      INTEGER NOT NULL CONSTRAINT use_authorised CHECK (authorised IN (0, 1)),
    seen_at         INTEGER, -- when somebody acknowledged that it was unauthorised
    -- A board that asks something new has nothing left to repeat. Of a settled use, a replay that looks the same is of
    -- another use.
    settled         INTEGER NOT NULL DEFAULT 1 CONSTRAINT use_settled CHECK (settled IN (0, 1)),
    -- How long it was by the board's clock, which a replay of its stop says again.
    told_s          INTEGER CONSTRAINT use_told CHECK (told_s >= 0),
    corrected       INTEGER NOT NULL DEFAULT 0 CONSTRAINT use_corrected CHECK (corrected IN (0, 1)),
    -- The end that the board reported, which replays are matched by; NULL if it was running when it was corrected.
    told_end_at     INTEGER,
    told_ending     TEXT,
    void            INTEGER NOT NULL DEFAULT 0 CONSTRAINT use_void CHECK (void IN (0, 1)), -- not a use; counts no time
    CONSTRAINT use_one_bearer CHECK ((card_id IS NULL) <> (unknown_card_id IS NULL)),
    CONSTRAINT use_ends_after_start CHECK (ended_at >= started_at),
    CONSTRAINT use_ended_somehow CHECK ((ended_at IS NULL) = (ending IS NULL))
) STRICT;

-- At most one open use of a machine.
CREATE UNIQUE INDEX use_open ON use_session (machine_id) WHERE ended_at IS NULL;
CREATE INDEX use_by_end ON use_session (machine_id, ended_at, id);
CREATE INDEX use_by_card ON use_session (card_id, started_at);
-- Read with every swipe. `ended_at` is always NULL in it, and makes it covering.
CREATE INDEX use_open_by_card ON use_session (card_id, machine_id, ended_at) WHERE ended_at IS NULL;
CREATE INDEX use_by_alias ON use_session (alias_id, started_at) WHERE alias_id IS NOT NULL;
CREATE INDEX use_unsettled ON use_session (machine_id) WHERE settled = 0;
CREATE INDEX use_corrected ON use_session (alias_id, machine_id) WHERE corrected = 1;
CREATE INDEX use_unauthorised_by_start ON use_session (started_at) WHERE authorised = 0;
CREATE INDEX use_unauthorised_by_id ON use_session (id) WHERE authorised = 0;
-- What a report reads of a use: nothing but this index, however wide the rows are.
CREATE INDEX use_reported ON use_session (machine_id, ended_at, started_at, alias_id) WHERE ended_at IS NOT NULL AND void = 0;

-- The highest id of a deleted use. A provisional use is deleted when its board reports how it was; its id is not given
-- again.
CREATE TABLE use_number (
    id   INTEGER PRIMARY KEY NOT NULL CONSTRAINT use_number_one CHECK (id = 1),
    last INTEGER NOT NULL
) STRICT;

INSERT INTO use_number (id, last) VALUES (1, 0);

CREATE TRIGGER use_number_kept AFTER DELETE ON use_session
BEGIN UPDATE use_number SET last = max(last, old.id); END;

-- Hours of each machine, so that no answer to a board takes longer with a longer history.
CREATE TABLE machine_total (
    machine_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT total_machine REFERENCES machine (id),
    used_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- When a person last used a machine. It outlives the names in uses, because it keeps qualifications from expiring.
CREATE TABLE last_use (
    person_id  INTEGER NOT NULL CONSTRAINT last_use_person REFERENCES person (id),
    machine_id INTEGER NOT NULL CONSTRAINT last_use_machine REFERENCES machine (id),
    at         INTEGER NOT NULL,
    PRIMARY KEY (person_id, machine_id)
) STRICT, WITHOUT ROWID;

-- Checkouts in person: when trainers offer time for them, who asked for which, and when.

CREATE TABLE availability_rule (
    id        INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    person_id INTEGER NOT NULL CONSTRAINT availability_rule_person REFERENCES person (id),
    weekday   INTEGER CONSTRAINT availability_rule_weekday CHECK (weekday BETWEEN 0 AND 6), -- Monday is 0
    day       INTEGER, -- days since 1970-01-01: this date alone
    from_min  INTEGER NOT NULL, -- minutes of the day, by the clocks of the space
    to_min    INTEGER NOT NULL, -- exclusive; 1440 is midnight
    length    INTEGER NOT NULL CONSTRAINT availability_rule_length CHECK (length IN (15, 30, 45, 60)), -- minutes
    buffer    INTEGER NOT NULL CONSTRAINT availability_rule_buffer CHECK (buffer BETWEEN 0 AND 60), -- minutes
    first_day INTEGER, -- of a weekly rule, both included
    last_day  INTEGER,
    CONSTRAINT availability_rule_days CHECK ((weekday IS NULL) <> (day IS NULL)),
    CONSTRAINT availability_rule_room CHECK (0 <= from_min AND from_min + length <= to_min AND to_min <= 1440)
) STRICT;

CREATE INDEX availability_rule_by_person ON availability_rule (person_id);

-- No rows: for all types that the trainer may check people out on.
CREATE TABLE availability_rule_type (
    rule_id INTEGER NOT NULL CONSTRAINT availability_rule_type_rule REFERENCES availability_rule (id) ON DELETE CASCADE,
    type_id INTEGER NOT NULL CONSTRAINT availability_rule_type_type REFERENCES equipment_type (id),
    PRIMARY KEY (rule_id, type_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE availability_away (
    id        INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id INTEGER NOT NULL CONSTRAINT availability_away_person REFERENCES person (id),
    first_day INTEGER NOT NULL, -- both included
    last_day  INTEGER NOT NULL,
    CONSTRAINT availability_away_in_order CHECK (first_day <= last_day)
) STRICT;

CREATE INDEX availability_away_by_person ON availability_away (person_id);

CREATE TABLE appointment (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1,
    person_id  INTEGER CONSTRAINT appointment_person REFERENCES person (id), -- NULL once names were cut, both at once
    trainer_id INTEGER CONSTRAINT appointment_trainer REFERENCES person (id),
    type_id    INTEGER NOT NULL CONSTRAINT appointment_type REFERENCES equipment_type (id),
    machine_id INTEGER CONSTRAINT appointment_machine REFERENCES machine (id), -- NULL where the type has none
    starts_at  INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    state      TEXT    NOT NULL CONSTRAINT appointment_state
        CHECK (state IN ('pending', 'accepted', 'rejected', 'passed', 'failed', 'cancelled', 'no-show')),
    asked_at   INTEGER NOT NULL, -- or moved: reminders count from here
    sequence   INTEGER NOT NULL DEFAULT 0, -- of its calendar entry: how often it was moved or called off
    decided_at INTEGER,
    decided_by INTEGER CONSTRAINT appointment_decided_by REFERENCES alias (id),
    remark_id  INTEGER CONSTRAINT appointment_remark REFERENCES remark (id), -- why not, or what to practise
    retry_at   INTEGER, -- from when somebody who failed may ask again
    list_id    INTEGER CONSTRAINT appointment_list REFERENCES checkout_list (id), -- the checklist that it began with
    -- What was agreed on, where a checkout on the spot came before it: taken up again when that is undone.
    agreed_with   INTEGER CONSTRAINT appointment_agreed_with REFERENCES person (id),
    agreed_starts INTEGER,
    agreed_ends   INTEGER,
    agreed_state  TEXT,
    CONSTRAINT appointment_named CHECK (person_id IS NOT NULL AND trainer_id IS NOT NULL
        OR state NOT IN ('pending', 'accepted') AND person_id IS NULL AND trainer_id IS NULL),
    CONSTRAINT appointment_not_empty CHECK (starts_at < ends_at),
    CONSTRAINT appointment_not_oneself CHECK (person_id <> trainer_id)
) STRICT;

-- A member for whom no time fits says so, at most once a day for a type; trainers are told.
CREATE TABLE checkout_wish (
    id        INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id INTEGER NOT NULL CONSTRAINT checkout_wish_person REFERENCES person (id),
    type_id   INTEGER NOT NULL CONSTRAINT checkout_wish_type REFERENCES equipment_type (id),
    day       INTEGER NOT NULL, -- days since 1970-01-01, by the clocks of the space
    asked_at  INTEGER NOT NULL,
    remark_id INTEGER CONSTRAINT checkout_wish_remark REFERENCES remark (id), -- when they can come
    CONSTRAINT checkout_wish_once UNIQUE (person_id, type_id, day)
) STRICT;

CREATE INDEX checkout_wish_by_time ON checkout_wish (asked_at);
CREATE INDEX checkout_wish_by_remark ON checkout_wish (remark_id) WHERE remark_id IS NOT NULL;

-- One open request of a member for a type.
CREATE UNIQUE INDEX appointment_open ON appointment (person_id, type_id) WHERE state IN ('pending', 'accepted');
CREATE INDEX appointment_by_person ON appointment (person_id, type_id);
CREATE INDEX appointment_by_trainer ON appointment (trainer_id, starts_at);
CREATE INDEX appointment_coming ON appointment (starts_at) WHERE state IN ('pending', 'accepted');
CREATE INDEX appointment_by_remark ON appointment (remark_id) WHERE remark_id IS NOT NULL;

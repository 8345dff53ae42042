-- Checkouts in person: when trainers offer time for them, who asked for which, and the time that is taken.

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
    person_id  INTEGER NOT NULL CONSTRAINT appointment_person REFERENCES person (id),
    trainer_id INTEGER NOT NULL CONSTRAINT appointment_trainer REFERENCES person (id),
    type_id    INTEGER NOT NULL CONSTRAINT appointment_type REFERENCES equipment_type (id),
    machine_id INTEGER CONSTRAINT appointment_machine REFERENCES machine (id), -- NULL where the type has none
    starts_at  INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    state      TEXT    NOT NULL CONSTRAINT appointment_state
        CHECK (state IN ('pending', 'accepted', 'rejected', 'passed', 'failed', 'cancelled', 'no-show')),
    asked_at   INTEGER NOT NULL, -- or moved: reminders count from here
    sequence   INTEGER NOT NULL DEFAULT 0, -- of its calendar entry: how often it was moved
    decided_at INTEGER,
    decided_by INTEGER CONSTRAINT appointment_decided_by REFERENCES alias (id),
    remark_id  INTEGER CONSTRAINT appointment_remark REFERENCES remark (id), -- why not, or what to practise
    retry_at   INTEGER, -- from when somebody who failed may ask again
    CONSTRAINT appointment_not_empty CHECK (starts_at < ends_at),
    CONSTRAINT appointment_not_oneself CHECK (person_id <> trainer_id)
) STRICT;

-- One open request of a member for a type.
CREATE UNIQUE INDEX appointment_open ON appointment (person_id, type_id) WHERE state IN ('pending', 'accepted');
CREATE INDEX appointment_by_person ON appointment (person_id, type_id);
CREATE INDEX appointment_by_trainer ON appointment (trainer_id, starts_at);
CREATE INDEX appointment_coming ON appointment (starts_at) WHERE state IN ('pending', 'accepted');

-- Time that is taken, of a person or of a machine. A row is there while it holds; what it is for says the column that is set.
CREATE TABLE occupation (
    id             INTEGER PRIMARY KEY NOT NULL,
    person_id      INTEGER CONSTRAINT occupation_person REFERENCES person (id),
    machine_id     INTEGER CONSTRAINT occupation_machine REFERENCES machine (id),
    starts_at      INTEGER NOT NULL,
    ends_at        INTEGER NOT NULL, -- exclusive
    appointment_id INTEGER NOT NULL CONSTRAINT occupation_appointment REFERENCES appointment (id),
    CONSTRAINT occupation_of_one CHECK ((person_id IS NULL) <> (machine_id IS NULL)),
    CONSTRAINT occupation_not_empty CHECK (starts_at < ends_at)
) STRICT;

CREATE INDEX occupation_of_person ON occupation (person_id, starts_at) WHERE person_id IS NOT NULL;
CREATE INDEX occupation_of_machine ON occupation (machine_id, starts_at) WHERE machine_id IS NOT NULL;
CREATE INDEX occupation_by_appointment ON occupation (appointment_id);

-- The storage itself refuses what overlaps. As nothing overlaps, the last one that begins before the new one ends is the only
-- one that can reach into it.
CREATE TRIGGER occupation_person_overlap BEFORE INSERT ON occupation WHEN NEW.person_id IS NOT NULL
    AND (SELECT ends_at FROM occupation WHERE person_id = NEW.person_id AND starts_at < NEW.ends_at
          ORDER BY starts_at DESC LIMIT 1) > NEW.starts_at
BEGIN SELECT RAISE(ABORT, 'overlap:person'); END;

CREATE TRIGGER occupation_machine_overlap BEFORE INSERT ON occupation WHEN NEW.machine_id IS NOT NULL
    AND (SELECT ends_at FROM occupation WHERE machine_id = NEW.machine_id AND starts_at < NEW.ends_at
          ORDER BY starts_at DESC LIMIT 1) > NEW.starts_at
BEGIN SELECT RAISE(ABORT, 'overlap:machine'); END;

-- What is moved is taken anew.
CREATE TRIGGER occupation_fixed BEFORE UPDATE ON occupation
BEGIN SELECT RAISE(ABORT, 'append_only:occupation'); END;

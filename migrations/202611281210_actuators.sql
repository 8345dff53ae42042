-- Actuators: outputs of devices that Toolgate turns on and off, the rules by which it does, and every lease.
-- Temperatures are tenths of a degree Celsius.

CREATE TABLE actuator (
    id             INTEGER PRIMARY KEY NOT NULL,
    device_id      INTEGER NOT NULL CONSTRAINT actuator_device REFERENCES building_device (id),
    output         INTEGER NOT NULL DEFAULT 0 CONSTRAINT actuator_output CHECK (output BETWEEN 0 AND 31), -- of the device, from 0
    name           TEXT    NOT NULL CONSTRAINT actuator_name CHECK (length(name) BETWEEN 1 AND 200),
    load           TEXT    NOT NULL CONSTRAINT actuator_load CHECK (load IN ('heat', 'light', 'power')),
    allowed        TEXT    NOT NULL CONSTRAINT actuator_allowed CHECK (allowed IN ('members', 'managers')), -- to turn it on by hand
    target         INTEGER CONSTRAINT actuator_target CHECK ((target IS NOT NULL) = (load = 'heat')), -- by default
    warmest        INTEGER NOT NULL, -- the highest target that is sent
    daily          INTEGER NOT NULL CONSTRAINT actuator_daily CHECK (daily BETWEEN 1 AND 1440), -- minutes on a day
    off_until      INTEGER, -- turned off by hand
    -- The last lease sent.
    lease_id       INTEGER,
    lease_on       INTEGER CONSTRAINT actuator_lease_on CHECK (lease_on IN (0, 1)),
    lease_target   INTEGER,
    lease_sent     INTEGER,
    lease_ends     INTEGER,
    refused_at     INTEGER, -- the last refusal on record
    -- As the device reported.
    is_on          INTEGER CONSTRAINT actuator_is_on CHECK (is_on IN (0, 1)),
    reported_at    INTEGER, -- written when something changes, and every minute
    is_idle        INTEGER NOT NULL DEFAULT 0 CONSTRAINT actuator_is_idle CHECK (is_idle IN (0, 1)), -- it has no lease
    tripped        INTEGER NOT NULL DEFAULT 0 CONSTRAINT actuator_tripped CHECK (tripped IN (0, 1)), -- by its hard limit
    temperature    INTEGER,
    limits         TEXT, -- its hard limits, as JSON
    silent_noticed INTEGER, -- when managers got a notice that it is silent
    archived_at    INTEGER,
    version        INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX actuator_by_device ON actuator (device_id);

-- Leases of two actuators on one output would contradict each other.
CREATE UNIQUE INDEX actuator_by_output ON actuator (device_id, output) WHERE archived_at IS NULL;

-- What an actuator follows: hours, bookings or a machine.
CREATE TABLE actuator_rule (
    id          INTEGER PRIMARY KEY NOT NULL,
    actuator_id INTEGER NOT NULL CONSTRAINT actuator_rule_actuator REFERENCES actuator (id),
    kind        TEXT    NOT NULL CONSTRAINT actuator_rule_kind CHECK (kind IN ('hours', 'bookings', 'machine')),
    before      INTEGER NOT NULL CONSTRAINT actuator_rule_before CHECK (before BETWEEN -240 AND 240), -- minutes before the beginning
    early       INTEGER NOT NULL CONSTRAINT actuator_rule_early CHECK (early BETWEEN -240 AND 240), -- minutes before the end
    target      INTEGER, -- that of the actuator without one
    room_id     INTEGER CONSTRAINT actuator_rule_room REFERENCES room (id),
    machine_id  INTEGER CONSTRAINT actuator_rule_machine REFERENCES machine (id),
    CONSTRAINT actuator_rule_about CHECK ((room_id IS NOT NULL) + (machine_id IS NOT NULL) = (kind <> 'hours')),
    CONSTRAINT actuator_rule_of_machine CHECK (kind <> 'machine' OR machine_id IS NOT NULL)
) STRICT;

CREATE INDEX actuator_rule_by_actuator ON actuator_rule (actuator_id);

-- Turned on by hand. Retention deletes what is over.
CREATE TABLE actuator_wish (
    id          INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    actuator_id INTEGER NOT NULL CONSTRAINT actuator_wish_actuator REFERENCES actuator (id),
    by_alias    INTEGER CONSTRAINT actuator_wish_by REFERENCES alias (id),
    starts_at   INTEGER NOT NULL,
    ends_at     INTEGER NOT NULL, -- earlier once it was turned off
    target      INTEGER,
    CONSTRAINT actuator_wish_order CHECK (starts_at <= ends_at)
) STRICT;

CREATE INDEX actuator_wish_by_end ON actuator_wish (ends_at);

-- Leases sent before this instant are old enough to be deleted, by retention.
CREATE TABLE lease_start (
    id INTEGER PRIMARY KEY NOT NULL CONSTRAINT lease_start_one CHECK (id = 1),
    at INTEGER NOT NULL
) STRICT;

INSERT INTO lease_start (id, at) VALUES (1, 0);

CREATE TRIGGER lease_start_no_step_back BEFORE UPDATE ON lease_start WHEN new.at <= old.at
BEGIN SELECT RAISE(ABORT, 'append_only:lease_start'); END;

CREATE TRIGGER lease_start_no_delete BEFORE DELETE ON lease_start
BEGIN SELECT RAISE(ABORT, 'append_only:lease_start'); END;

-- Every lease that was sent, and every command that was not. Append-only, but for old ones.
CREATE TABLE lease (
    id          INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    actuator_id INTEGER NOT NULL CONSTRAINT lease_actuator REFERENCES actuator (id),
    sent_at     INTEGER NOT NULL, -- or refused
    ends_at     INTEGER NOT NULL,
    is_on       INTEGER NOT NULL CONSTRAINT lease_is_on CHECK (is_on IN (0, 1)),
    target      INTEGER,
    why         TEXT    CONSTRAINT lease_why CHECK (why IN ('hours', 'booking', 'person', 'machine', 'test')), -- none when nothing wants it
    machine_id  INTEGER CONSTRAINT lease_machine REFERENCES machine (id), -- whose use wants it
    by_alias    INTEGER CONSTRAINT lease_by REFERENCES alias (id), -- who wants it
    refused     TEXT    NOT NULL DEFAULT '' -- all reasons for not sending it, as JSON
) STRICT;

CREATE INDEX lease_of_actuator ON lease (actuator_id, sent_at);

CREATE TRIGGER lease_no_update BEFORE UPDATE ON lease
BEGIN SELECT RAISE(ABORT, 'append_only:lease'); END;

CREATE TRIGGER lease_no_delete BEFORE DELETE ON lease WHEN old.sent_at >= coalesce((SELECT at FROM lease_start), 0)
BEGIN SELECT RAISE(ABORT, 'append_only:lease'); END;

-- What devices answered: the first answer to each lease, and the turning off after its end. Append-only, but
-- for those to old leases.
CREATE TABLE lease_answer (
    lease_id INTEGER NOT NULL CONSTRAINT lease_answer_lease REFERENCES lease (id),
    at       INTEGER NOT NULL,
    is_on    INTEGER NOT NULL CONSTRAINT lease_answer_is_on CHECK (is_on IN (0, 1)),
    PRIMARY KEY (lease_id, at)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER lease_answer_no_update BEFORE UPDATE ON lease_answer
BEGIN SELECT RAISE(ABORT, 'append_only:lease_answer'); END;

CREATE TRIGGER lease_answer_no_delete BEFORE DELETE ON lease_answer
WHEN (SELECT sent_at FROM lease WHERE id = old.lease_id) >= coalesce((SELECT at FROM lease_start), 0)
BEGIN SELECT RAISE(ABORT, 'append_only:lease_answer'); END;

-- Tests of the fallback: no lease is sent, and the device has to turn off by itself. Retention deletes old ones but the last of each
-- actuator.
CREATE TABLE actuator_test (
    id          INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    actuator_id INTEGER NOT NULL CONSTRAINT actuator_test_actuator REFERENCES actuator (id),
    by_alias    INTEGER CONSTRAINT actuator_test_by REFERENCES alias (id),
    started_at  INTEGER NOT NULL, -- when its last lease was sent
    ends_at     INTEGER NOT NULL, -- of that lease
    off_at      INTEGER, -- since when the device has reported that it is off, or not yet that it is on
    warmest     INTEGER, -- the highest temperature it read
    ended_at    INTEGER,
    outcome     TEXT    CONSTRAINT actuator_test_outcome CHECK (outcome IN ('off', 'still-on', 'silent', 'inconclusive', 'stopped')),
    CONSTRAINT actuator_test_ended CHECK ((outcome IS NULL) = (ended_at IS NULL))
) STRICT;

CREATE UNIQUE INDEX actuator_test_open ON actuator_test (actuator_id) WHERE ended_at IS NULL;

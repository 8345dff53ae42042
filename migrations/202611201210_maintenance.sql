-- Maintenance: what is due again and again, from when it counts on each machine, and what was done.

CREATE TABLE maintenance_plan (
    id          INTEGER PRIMARY KEY NOT NULL,
    type_id     INTEGER CONSTRAINT plan_type REFERENCES equipment_type (id),
    machine_id  INTEGER CONSTRAINT plan_machine REFERENCES machine (id),
    words       TEXT    NOT NULL,
    every_hours INTEGER CONSTRAINT plan_hours CHECK (every_hours > 0),
    every_days  INTEGER CONSTRAINT plan_days CHECK (every_days > 0),
    manual_url  TEXT,
    doer        TEXT    NOT NULL CONSTRAINT plan_doer CHECK (doer IN ('trainer', 'owner', 'outside')),
    blocking    INTEGER NOT NULL CONSTRAINT plan_blocking CHECK (blocking IN (0, 1)),
    display     TEXT    NOT NULL DEFAULT '', -- what the board's display shows when it is due
    begun_at    INTEGER NOT NULL,
    archived_at INTEGER,
    version     INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT plan_one_subject CHECK ((type_id IS NULL) <> (machine_id IS NULL)),
    CONSTRAINT plan_every CHECK (every_hours IS NOT NULL OR every_days IS NOT NULL)
) STRICT;

CREATE INDEX plan_by_type ON maintenance_plan (type_id) WHERE type_id IS NOT NULL;
CREATE INDEX plan_by_machine ON maintenance_plan (machine_id) WHERE machine_id IS NOT NULL;

-- From when a plan counts on a machine, and the machine's hours then. Written when plan or machine is new, and each time
-- it was done.
CREATE TABLE maintenance_since (
    plan_id    INTEGER NOT NULL CONSTRAINT since_plan REFERENCES maintenance_plan (id),
    machine_id INTEGER NOT NULL CONSTRAINT since_machine REFERENCES machine (id),
    at         INTEGER NOT NULL,
    used_ms    INTEGER NOT NULL,
    PRIMARY KEY (plan_id, machine_id)
) STRICT, WITHOUT ROWID;

-- What was done to machines. Append-only.
CREATE TABLE intervention (
    id         INTEGER PRIMARY KEY NOT NULL,
    machine_id INTEGER NOT NULL CONSTRAINT intervention_machine REFERENCES machine (id),
    plan_id    INTEGER CONSTRAINT intervention_plan REFERENCES maintenance_plan (id), -- NULL is work of no plan
    at         INTEGER NOT NULL,
    by_alias   INTEGER CONSTRAINT intervention_by REFERENCES alias (id),
    remark_id  INTEGER, -- no foreign key: a remark may be deleted, this row may not
    used_ms    INTEGER NOT NULL, -- the machine's hours at that moment
    door       TEXT    NOT NULL CONSTRAINT intervention_door CHECK (door IN ('web', 'api', 'board', 'command')),
    replay     INTEGER NOT NULL CONSTRAINT intervention_replay CHECK (replay IN (0, 1)),
    -- The machine's last use before it: a board that sends the same again without a use in between repeats itself. No
    -- foreign key: a projection may be computed anew.
    after_use  INTEGER
) STRICT;

CREATE INDEX intervention_by_machine ON intervention (machine_id, id);
CREATE INDEX intervention_by_alias ON intervention (by_alias) WHERE by_alias IS NOT NULL;
-- For the machine's history. Imported ones are not written in the order in which they happened.
CREATE INDEX intervention_by_time ON intervention (machine_id, at, id);

CREATE TRIGGER intervention_no_update BEFORE UPDATE ON intervention
BEGIN SELECT RAISE(ABORT, 'append_only:intervention'); END;

CREATE TRIGGER intervention_no_delete BEFORE DELETE ON intervention
BEGIN SELECT RAISE(ABORT, 'append_only:intervention'); END;

-- A board that got no answer in time repeated its message.
CREATE TABLE intervention_twin (
    intervention_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT twin_intervention REFERENCES intervention (id),
    arrived_at      INTEGER NOT NULL
) STRICT;

-- Deleted with whoever took it, and with whoever did the work it shows.
CREATE TABLE intervention_photo (
    intervention_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT photo_intervention REFERENCES intervention (id),
    body            BLOB    NOT NULL,
    small           BLOB    NOT NULL,
    added_at        INTEGER NOT NULL,
    by_alias        INTEGER CONSTRAINT photo_by REFERENCES alias (id)
) STRICT;

CREATE INDEX intervention_photo_by_alias ON intervention_photo (by_alias) WHERE by_alias IS NOT NULL;

-- Every plan in force on every machine, with what its due date is computed from.
CREATE VIEW plan_at AS
    SELECT m.id AS machine_id, p.id AS plan_id, p.words, p.every_hours, p.every_days, p.blocking, p.display,
           coalesce(s.at, p.begun_at) AS since_at, coalesce(s.used_ms, 0) AS since_used,
           coalesce(n.used_ms, 0) AS used_ms
      FROM machine m
      JOIN maintenance_plan p ON p.archived_at IS NULL AND (p.type_id = m.type_id OR p.machine_id = m.id)
      LEFT JOIN maintenance_since s ON s.plan_id = p.id AND s.machine_id = m.id
      LEFT JOIN machine_total n ON n.machine_id = m.id;

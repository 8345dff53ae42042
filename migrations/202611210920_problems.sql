-- Problems that people report on machines, and what becomes of each. Words and photo stand apart, for they go with whoever
-- wrote or took them; the report stays, for whoever cares for the machine.

CREATE TABLE problem_report (
    id              INTEGER PRIMARY KEY NOT NULL,
    machine_id      INTEGER NOT NULL CONSTRAINT report_machine REFERENCES machine (id),
    severity        TEXT    NOT NULL CONSTRAINT report_severity CHECK (severity IN ('note', 'degraded', 'unsafe')),
    state           TEXT    NOT NULL CONSTRAINT report_state CHECK (state IN ('open', 'acknowledged', 'resolved')),
    reported_at     INTEGER NOT NULL,
    reported_by     INTEGER CONSTRAINT report_by REFERENCES alias (id),
    remark_id       INTEGER CONSTRAINT report_remark UNIQUE REFERENCES remark (id),
    acknowledged_at INTEGER,
    acknowledged_by INTEGER CONSTRAINT report_acknowledged_by REFERENCES alias (id),
    resolved_at     INTEGER,
    resolved_by     INTEGER CONSTRAINT report_resolved_by REFERENCES alias (id),
    done_remark_id  INTEGER CONSTRAINT report_done UNIQUE REFERENCES remark (id), -- what was done
    version         INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT report_resolved CHECK ((state = 'resolved') = (resolved_at IS NOT NULL))
) STRICT;

CREATE INDEX report_by_machine ON problem_report (machine_id, id);
CREATE INDEX report_pending ON problem_report (id) WHERE state <> 'resolved';
CREATE INDEX report_by_alias ON problem_report (reported_by) WHERE reported_by IS NOT NULL;
CREATE INDEX report_by_resolver ON problem_report (resolved_by) WHERE resolved_by IS NOT NULL;

-- A JPEG that was made here from what somebody gave.
CREATE TABLE problem_photo (
    report_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT photo_report REFERENCES problem_report (id),
    body      BLOB    NOT NULL,
    small     BLOB    NOT NULL,
    added_at  INTEGER NOT NULL
) STRICT;

-- A block that counts at once ends what runs; the others wait until nobody is on the machine.
ALTER TABLE machine_block ADD COLUMN at_once INTEGER NOT NULL DEFAULT 0 CONSTRAINT block_at_once CHECK (at_once IN (0, 1));
-- The report it came from: it is lifted when that is resolved.
ALTER TABLE machine_block ADD COLUMN report_id INTEGER CONSTRAINT block_report REFERENCES problem_report (id);
ALTER TABLE machine_block ADD COLUMN lifted_by INTEGER CONSTRAINT block_lifted_by REFERENCES alias (id);

-- A use may also end because its machine is unsafe.
CREATE TABLE request_anew (
    id          INTEGER PRIMARY KEY NOT NULL,
    machine_id  INTEGER NOT NULL CONSTRAINT request_machine REFERENCES machine (id),
    kind        TEXT    NOT NULL CONSTRAINT request_kind CHECK (kind IN ('start', 'stop')),
    card_id     INTEGER CONSTRAINT request_card REFERENCES card (id),
    use_id      INTEGER, -- the use to be ended; no foreign key: a projection may be computed anew
    cause       TEXT    NOT NULL CONSTRAINT request_cause CHECK (cause IN
        ('asked', 'suspended', 'left', 'hold', 'banned', 'card', 'qualification', 'unsafe')),
    by_alias    INTEGER CONSTRAINT request_by REFERENCES alias (id), -- NULL is Toolgate itself
    state       TEXT    NOT NULL CONSTRAINT request_state CHECK (state IN ('queued', 'sent', 'acknowledged', 'expired')),
    queued_at   INTEGER NOT NULL,
    sent_at     INTEGER,
    ended_at    INTEGER
) STRICT;
INSERT INTO request_anew (id, machine_id, kind, card_id, use_id, cause, by_alias, state, queued_at, sent_at, ended_at)
    SELECT id, machine_id, kind, card_id, use_id, cause, by_alias, state, queued_at, sent_at, ended_at FROM machine_request;
DROP TABLE machine_request;
ALTER TABLE request_anew RENAME TO machine_request;
CREATE INDEX request_under_way ON machine_request (machine_id) WHERE state IN ('queued', 'sent');
CREATE INDEX request_by_use ON machine_request (use_id);
CREATE INDEX request_by_card ON machine_request (card_id) WHERE card_id IS NOT NULL;
CREATE INDEX request_by_alias ON machine_request (by_alias) WHERE by_alias IS NOT NULL;

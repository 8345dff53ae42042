-- Problems that people report on machines. Words and photo are stored apart: they are deleted with their author, the
-- report stays.

CREATE TABLE problem_report (
    id              INTEGER PRIMARY KEY NOT NULL,
    machine_id      INTEGER NOT NULL CONSTRAINT report_machine REFERENCES machine (id),
    severity        TEXT    NOT NULL CONSTRAINT report_severity CHECK (severity IN ('note', 'degraded', 'unsafe')),
    state           TEXT    NOT NULL CONSTRAINT report_state CHECK (state IN ('open', 'acknowledged', 'resolved')),
    reported_at     INTEGER NOT NULL,
    reported_by     INTEGER CONSTRAINT report_by REFERENCES alias (id),
    remark_id       INTEGER CONSTRAINT report_remark UNIQUE REFERENCES remark (id), -- what is wrong
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
-- The machine's history lists reports and resolutions by time, a page at a time.
CREATE INDEX report_by_time ON problem_report (machine_id, reported_at, id);
CREATE INDEX report_by_resolution ON problem_report (machine_id, resolved_at, id);

CREATE TABLE problem_photo (
    report_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT photo_report REFERENCES problem_report (id),
    body      BLOB    NOT NULL,
    small     BLOB    NOT NULL,
    added_at  INTEGER NOT NULL
) STRICT;

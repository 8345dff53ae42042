-- A hold keeps one person from every machine for a time, for a reason that is not about a machine.

CREATE TABLE hold (
    id         INTEGER PRIMARY KEY NOT NULL,
    person_id  INTEGER NOT NULL CONSTRAINT hold_person REFERENCES person (id),
    reason     TEXT    NOT NULL CONSTRAINT hold_reason CHECK (reason IN ('unpaid', 'safety', 'paperwork', 'no-shows', 'dues', 'other')),
    remark_id  INTEGER CONSTRAINT hold_remark REFERENCES remark (id),
    placed_at  INTEGER NOT NULL,
    placed_by  INTEGER CONSTRAINT hold_placed_by REFERENCES alias (id),
    until      INTEGER, -- exclusive; NULL is until it is lifted
    lifted_at  INTEGER,
    lifted_by  INTEGER CONSTRAINT hold_lifted_by REFERENCES alias (id),
    CONSTRAINT hold_not_empty CHECK (until IS NULL OR placed_at < until)
) STRICT;

CREATE INDEX hold_in_force ON hold (person_id) WHERE lifted_at IS NULL;
CREATE INDEX hold_by_person ON hold (person_id);
CREATE INDEX hold_by_remark ON hold (remark_id) WHERE remark_id IS NOT NULL;

-- The qualification ledger: who was granted what, or lost it, from when, why and by whom. Rows are only ever added; the
-- triggers hold that for every program that opens this file. The person is not behind an alias: a standing is never
-- anonymous.

CREATE TABLE qualification (
    id             INTEGER PRIMARY KEY NOT NULL,
    person_id      INTEGER NOT NULL CONSTRAINT qualification_person REFERENCES person (id),
    type_id        INTEGER CONSTRAINT qualification_type REFERENCES equipment_type (id),
    machine_id     INTEGER CONSTRAINT qualification_machine REFERENCES machine (id),
    relation       TEXT    NOT NULL CONSTRAINT qualification_relation CHECK (relation IN ('user', 'trainer', 'owner')),
    kind           TEXT    NOT NULL CONSTRAINT qualification_kind CHECK (kind IN ('granted', 'revoked', 'banned', 'unbanned')),
    effective_from INTEGER NOT NULL,
    until          INTEGER,
    cause          TEXT    NOT NULL CONSTRAINT qualification_cause CHECK (cause IN
        ('setup', 'checkout', 'training-event', 'video-and-quiz', 'trainer', 'administrator', 'import', 'expiry', 'renewal')),
    by_alias       INTEGER CONSTRAINT qualification_by REFERENCES alias (id),
    remark_id      INTEGER, -- no foreign key: a remark may be deleted, this row may not
    recorded_at    INTEGER NOT NULL,
    CONSTRAINT qualification_one_subject CHECK ((type_id IS NULL) <> (machine_id IS NULL)),
    CONSTRAINT qualification_not_empty CHECK (until IS NULL OR effective_from < until)
) STRICT;

CREATE INDEX qualification_by_person ON qualification (person_id);

CREATE TRIGGER qualification_no_update BEFORE UPDATE ON qualification
BEGIN SELECT RAISE(ABORT, 'append_only:qualification'); END;

CREATE TRIGGER qualification_no_delete BEFORE DELETE ON qualification
BEGIN SELECT RAISE(ABORT, 'append_only:qualification'); END;

-- The qualification ledger: who was granted or lost what, from when, why and by whom. Append-only, by trigger, for every
-- program that opens this file. It names the person and no alias, because a qualification is never anonymous.

CREATE TABLE qualification (
    id             INTEGER PRIMARY KEY NOT NULL,
    person_id      INTEGER NOT NULL CONSTRAINT qualification_person REFERENCES person (id),
    type_id        INTEGER CONSTRAINT qualification_type REFERENCES equipment_type (id),
    machine_id     INTEGER CONSTRAINT qualification_machine REFERENCES machine (id),
    relation       TEXT    NOT NULL CONSTRAINT qualification_relation CHECK (relation IN ('user', 'trainer', 'owner')),
    kind           TEXT    NOT NULL CONSTRAINT qualification_kind CHECK (kind IN ('granted', 'revoked', 'banned', 'unbanned')),
    effective_from INTEGER NOT NULL,
    until          INTEGER, -- exclusive
    cause          TEXT    NOT NULL CONSTRAINT qualification_cause CHECK (cause IN
        ('setup', 'checkout', 'training-event', 'video-and-quiz', 'trainer', 'administrator', 'import', 'group-rule', 'expiry', 'renewal')),
    by_alias       INTEGER CONSTRAINT qualification_by REFERENCES alias (id),
    remark_id      INTEGER, -- no foreign key: a remark may be deleted, this row may not
    recorded_at    INTEGER NOT NULL,
    CONSTRAINT qualification_one_subject CHECK ((type_id IS NULL) <> (machine_id IS NULL)),
    CONSTRAINT qualification_not_empty CHECK (until IS NULL OR effective_from < until)
) STRICT;

CREATE INDEX qualification_by_person ON qualification (person_id);
CREATE INDEX qualification_by_type ON qualification (type_id, relation) WHERE type_id IS NOT NULL;
CREATE INDEX qualification_by_machine ON qualification (machine_id, relation) WHERE machine_id IS NOT NULL;
-- With the person, so that a page of many that end on one day reads no further than it shows.
CREATE INDEX qualification_by_end ON qualification (until, person_id) WHERE until IS NOT NULL;
CREATE INDEX qualification_by_type_and_person ON qualification (type_id, person_id) WHERE type_id IS NOT NULL;
CREATE INDEX qualification_by_begin ON qualification (effective_from, person_id);

CREATE TRIGGER qualification_no_update BEFORE UPDATE ON qualification
BEGIN SELECT RAISE(ABORT, 'append_only:qualification'); END;

CREATE TRIGGER qualification_no_delete BEFORE DELETE ON qualification
BEGIN SELECT RAISE(ABORT, 'append_only:qualification'); END;

-- What people are told, once each; and whose machine they follow.

CREATE TABLE notice (
    id          INTEGER PRIMARY KEY NOT NULL,
    person_id   INTEGER NOT NULL CONSTRAINT notice_person REFERENCES person (id),
    kind        TEXT    NOT NULL,
    subject     TEXT    NOT NULL, -- with person and kind the key by which it is kept once
    body        TEXT    NOT NULL, -- ids as JSON, never names
    machine_id  INTEGER CONSTRAINT notice_machine REFERENCES machine (id),
    type_id     INTEGER CONSTRAINT notice_type REFERENCES equipment_type (id),
    told_at     INTEGER NOT NULL,
    read_at     INTEGER,
    archived_at INTEGER,
    CONSTRAINT notice_once UNIQUE (person_id, kind, subject)
) STRICT;

CREATE INDEX notice_by_person ON notice (person_id, id);
CREATE INDEX notice_unread ON notice (person_id) WHERE read_at IS NULL AND archived_at IS NULL;

CREATE TABLE follow (
    person_id  INTEGER NOT NULL CONSTRAINT follow_person REFERENCES person (id),
    machine_id INTEGER NOT NULL CONSTRAINT follow_machine REFERENCES machine (id),
    since      INTEGER NOT NULL,
    CONSTRAINT follow_once PRIMARY KEY (person_id, machine_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX follow_by_machine ON follow (machine_id);

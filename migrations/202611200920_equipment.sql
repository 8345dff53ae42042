-- Types of equipment, which people are qualified on; machines of those types; the places they stand in.

CREATE TABLE place (
    id          INTEGER PRIMARY KEY NOT NULL,
    name        TEXT    NOT NULL CONSTRAINT place_name UNIQUE,
    position    INTEGER NOT NULL DEFAULT 0,
    archived_at INTEGER,
    version     INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE equipment_type (
    id          INTEGER PRIMARY KEY NOT NULL,
    built_in    TEXT    CONSTRAINT type_built_in UNIQUE
        CONSTRAINT type_built_in_word CHECK (built_in IN ('space', 'system')),
    name        TEXT    NOT NULL CONSTRAINT type_name UNIQUE,
    risk        TEXT    NOT NULL CONSTRAINT type_risk CHECK (risk IN ('low', 'medium', 'high')),
    archived_at INTEGER,
    version     INTEGER NOT NULL DEFAULT 1
) STRICT;

-- The built-in types carry the roles: a user of the space is a member, an owner of the system an administrator.
INSERT INTO equipment_type (id, built_in, name, risk) VALUES
    (1, 'space',  'Space',  'low'),
    (2, 'system', 'System', 'low');

CREATE TRIGGER type_built_in_no_delete BEFORE DELETE ON equipment_type WHEN OLD.built_in IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'append_only:equipment_type'); END;

-- A qualification on `type_id` takes one on `requires_id` first.
CREATE TABLE type_requirement (
    type_id     INTEGER NOT NULL CONSTRAINT requirement_type REFERENCES equipment_type (id),
    requires_id INTEGER NOT NULL CONSTRAINT requirement_requires REFERENCES equipment_type (id),
    PRIMARY KEY (type_id, requires_id),
    CONSTRAINT requirement_not_itself CHECK (type_id <> requires_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE machine (
    id          INTEGER PRIMARY KEY NOT NULL,
    -- Its number in the boards' topics. Boards may send 0, but no machine has it.
    number      INTEGER CONSTRAINT machine_number CHECK (number BETWEEN 1 AND 65535),
    type_id     INTEGER NOT NULL CONSTRAINT machine_type REFERENCES equipment_type (id),
    place_id    INTEGER CONSTRAINT machine_place REFERENCES place (id),
    name        TEXT    NOT NULL CONSTRAINT machine_name CHECK (length(name) BETWEEN 1 AND 200),
    manual_url  TEXT,
    archived_at INTEGER,
    version     INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE UNIQUE INDEX machine_by_number ON machine (number) WHERE archived_at IS NULL;
CREATE INDEX machine_by_place ON machine (place_id);

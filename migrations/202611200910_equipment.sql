-- What people are qualified on, and the devices and places it stands for. The two built-in types carry the roles:
-- who is qualified on the space is a member, who owns the system administers it.

CREATE TABLE place (
    id          INTEGER PRIMARY KEY NOT NULL,
    name        TEXT    NOT NULL CONSTRAINT place_name UNIQUE,
    position    INTEGER NOT NULL DEFAULT 0,
    archived_at INTEGER,
    version     INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE equipment_type (
    id          INTEGER PRIMARY KEY NOT NULL,
    built_in    TEXT    CONSTRAINT type_built_in UNIQUE CHECK (built_in IN ('space', 'system')),
    name        TEXT    NOT NULL CONSTRAINT type_name UNIQUE,
    risk        TEXT    NOT NULL CONSTRAINT type_risk CHECK (risk IN ('low', 'medium', 'high')),
    archived_at INTEGER,
    version     INTEGER NOT NULL DEFAULT 1
) STRICT;

INSERT INTO equipment_type (id, built_in, name, risk) VALUES (1, 'space', 'Space', 'low'), (2, 'system', 'System', 'low');

CREATE TRIGGER type_built_in_stays BEFORE DELETE ON equipment_type WHEN OLD.built_in IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'append_only:equipment_type'); END;

-- Who wants to use `type_id` must be qualified on `requires_id` first.
CREATE TABLE type_requirement (
    type_id     INTEGER NOT NULL CONSTRAINT requirement_type REFERENCES equipment_type (id),
    requires_id INTEGER NOT NULL CONSTRAINT requirement_requires REFERENCES equipment_type (id),
    PRIMARY KEY (type_id, requires_id),
    CONSTRAINT requirement_not_itself CHECK (type_id <> requires_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE machine (
    id          INTEGER PRIMARY KEY NOT NULL,
    -- Its number on the board topics. 0 is a number on the wire and never a machine's.
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

-- A block keeps everybody out until it is lifted.
CREATE TABLE machine_block (
    id         INTEGER PRIMARY KEY NOT NULL,
    machine_id INTEGER NOT NULL CONSTRAINT block_machine REFERENCES machine (id),
    placed_at  INTEGER NOT NULL,
    placed_by  INTEGER CONSTRAINT block_by REFERENCES alias (id),
    remark_id  INTEGER CONSTRAINT block_remark REFERENCES remark (id),
    lifted_at  INTEGER
) STRICT;

CREATE UNIQUE INDEX block_in_force ON machine_block (machine_id) WHERE lifted_at IS NULL;

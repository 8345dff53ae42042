-- The user directory (LDAP) of another institution: how it is reached, who has an entry there, and how reading it went.

CREATE TABLE user_directory (
    id            INTEGER PRIMARY KEY NOT NULL CONSTRAINT user_directory_one CHECK (id = 1),
    address       TEXT    NOT NULL,
    certificates  TEXT, -- of authorities, in PEM; NULL: those of this machine
    bind_dn       TEXT    NOT NULL,
    -- Not hashed: reading the directory takes the password. In no other table, no answer and no export.
    bind_password TEXT    NOT NULL CONSTRAINT user_directory_password CHECK (length(bind_password) > 0),
    base          TEXT    NOT NULL,
    people_filter TEXT    NOT NULL,
    login         TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    email         TEXT    NOT NULL,
    unique_id     TEXT    NOT NULL,
    groups        TEXT    NOT NULL CONSTRAINT user_directory_groups CHECK (groups IN ('none', 'member-of', 'entries')),
    member_of     TEXT    NOT NULL,
    group_base    TEXT,
    signs_in      INTEGER NOT NULL CONSTRAINT user_directory_signs_in CHECK (signs_in IN (0, 1)),
    admits        INTEGER NOT NULL CONSTRAINT user_directory_admits CHECK (admits IN (0, 1)),
    adds          INTEGER NOT NULL CONSTRAINT user_directory_adds CHECK (adds IN (0, 1)),
    every         INTEGER NOT NULL CONSTRAINT user_directory_every CHECK (every BETWEEN 0 AND 1440), -- minutes
    most          INTEGER NOT NULL CONSTRAINT user_directory_most CHECK (most BETWEEN 1 AND 100), -- percent
    version       INTEGER NOT NULL DEFAULT 1,
    -- Since what decides who is found changed, a manager applied a sync, or one took nothing away.
    confirmed     INTEGER NOT NULL DEFAULT 0 CONSTRAINT user_directory_confirmed CHECK (confirmed IN (0, 1))
) STRICT;

-- Who has an entry there. The unique id of the entry is only stored as a hash.
CREATE TABLE directory_person (
    person_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT directory_person_person REFERENCES person (id),
    entry     BLOB    NOT NULL CONSTRAINT directory_person_entry UNIQUE CONSTRAINT directory_person_sha256 CHECK (length(entry) = 32),
    login     TEXT, -- as the directory writes it
    suspended INTEGER NOT NULL DEFAULT 0 CONSTRAINT directory_person_suspended CHECK (suspended IN (0, 1)), -- by a sync
    linked_at INTEGER NOT NULL
) STRICT;

CREATE INDEX directory_person_suspended_ones ON directory_person (person_id) WHERE suspended = 1;

-- The last readings.
CREATE TABLE directory_run (
    id       INTEGER PRIMARY KEY NOT NULL,
    kind     TEXT    NOT NULL CONSTRAINT directory_run_kind CHECK (kind IN ('timed', 'applied')),
    began_at INTEGER NOT NULL,
    trouble  TEXT, -- why it failed
    people   INTEGER NOT NULL DEFAULT 0, -- found there
    changes  INTEGER NOT NULL DEFAULT 0,
    waits    INTEGER NOT NULL DEFAULT 0 CONSTRAINT directory_run_waits CHECK (waits IN (0, 1)) -- for a manager
) STRICT;

CREATE INDEX directory_run_by_time ON directory_run (began_at);

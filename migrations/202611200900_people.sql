-- People. `person` is what everything else refers to and is never deleted; `profile` holds what can be erased. Tables
-- whose rows must never change refer to an `alias` instead: clearing the alias's person makes those rows anonymous
-- without touching them.

CREATE TABLE person (
    id         INTEGER PRIMARY KEY NOT NULL,
    status     TEXT    NOT NULL CONSTRAINT person_status CHECK (status IN ('applicant', 'active', 'suspended', 'left')),
    created_at INTEGER NOT NULL,
    left_at    INTEGER,
    erased_at  INTEGER, -- when profile, cards and remarks were deleted; the row stays, so that hours and counts do
    version    INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX person_by_status ON person (status);

CREATE TABLE profile (
    person_id    INTEGER PRIMARY KEY NOT NULL CONSTRAINT profile_person REFERENCES person (id),
    name         TEXT    NOT NULL CONSTRAINT profile_name CHECK (length(name) BETWEEN 1 AND 200),
    -- Lower case, because addresses are compared without regard to case.
    email        TEXT    CONSTRAINT profile_email UNIQUE CONSTRAINT profile_email_case CHECK (email = lower(email)),
    phone        TEXT,
    language     TEXT,
    -- The person's key in another system, so that importing a list twice finds the same people.
    external_key TEXT    CONSTRAINT profile_key CHECK (length(external_key) BETWEEN 1 AND 100),
    version      INTEGER NOT NULL DEFAULT 1,
    -- Name and address as the search compares them, one per line, made by `domain::people::folded`. NULL is filled in at
    -- the next start; until then the search goes by lower case.
    folded       TEXT,
    sought       TEXT    GENERATED ALWAYS AS (coalesce(folded, lower(name || char(10) || coalesce(email, '')))) VIRTUAL,
    -- The first line of it: the name, which lists are sorted by.
    called       TEXT    GENERATED ALWAYS AS (substr(sought, 1, instr(sought, char(10)) - 1)) VIRTUAL
) STRICT;

CREATE UNIQUE INDEX profile_by_key ON profile (external_key) WHERE external_key IS NOT NULL;
CREATE INDEX profile_unfolded ON profile (person_id) WHERE folded IS NULL;
-- Covers lists by name, and the search.
CREATE INDEX profile_by_name ON profile (called, person_id, sought);

-- One per person and month, so that a row that cannot be changed links to one month of somebody at most.
CREATE TABLE alias (
    id        INTEGER PRIMARY KEY NOT NULL,
    person_id INTEGER CONSTRAINT alias_person REFERENCES person (id),
    month     INTEGER NOT NULL, -- 202611
    CONSTRAINT alias_once UNIQUE (person_id, month)
) STRICT;

-- How often the status of anybody changed. Cached counts of qualified people are valid for one value of this.
CREATE TABLE status_change (
    id    INTEGER PRIMARY KEY NOT NULL CONSTRAINT status_change_one CHECK (id = 1),
    times INTEGER NOT NULL
) STRICT;

INSERT INTO status_change (id, times) VALUES (1, 0);

CREATE TRIGGER status_change_counted AFTER UPDATE OF status ON person WHEN old.status <> new.status
BEGIN UPDATE status_change SET times = times + 1; END;

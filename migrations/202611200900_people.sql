-- People, and what they carry. `person` is what everything else refers to and is never deleted; `profile` is what can
-- be erased. Between them and the append-only tables stands `alias`: rows that must never change refer to an alias,
-- and cutting the alias from its person makes them anonymous without touching them.

CREATE TABLE person (
    id         INTEGER PRIMARY KEY NOT NULL,
    status     TEXT    NOT NULL CONSTRAINT person_status CHECK (status IN ('applicant', 'active', 'suspended', 'left')),
    created_at INTEGER NOT NULL,
    left_at    INTEGER,
    version    INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE profile (
    person_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT profile_person REFERENCES person (id),
    name      TEXT    NOT NULL CONSTRAINT profile_name CHECK (length(name) BETWEEN 1 AND 200),
    -- Lower case: addresses are compared without regard to case.
    email     TEXT    CONSTRAINT profile_email UNIQUE CHECK (email = lower(email)),
    phone     TEXT,
    language  TEXT,
    version   INTEGER NOT NULL DEFAULT 1
) STRICT;

-- One alias per person and month, so that even a row that cannot be changed tells no more than one month of somebody.
CREATE TABLE alias (
    id        INTEGER PRIMARY KEY NOT NULL,
    person_id INTEGER CONSTRAINT alias_person REFERENCES person (id),
    month     INTEGER NOT NULL, -- 202611
    CONSTRAINT alias_once UNIQUE (person_id, month)
) STRICT;

-- Free text that somebody wrote about something, kept apart so that it can be deleted.
CREATE TABLE remark (
    id           INTEGER PRIMARY KEY NOT NULL,
    about_person INTEGER CONSTRAINT remark_about REFERENCES person (id),
    by_alias     INTEGER CONSTRAINT remark_by REFERENCES alias (id),
    body         TEXT    NOT NULL,
    written_at   INTEGER NOT NULL
) STRICT;

-- A card keeps its row for ever, for history refers to it; the uid is what opens doors, and goes when it must.
CREATE TABLE card (
    id        INTEGER PRIMARY KEY NOT NULL,
    person_id INTEGER NOT NULL CONSTRAINT card_person REFERENCES person (id),
    uid       TEXT    CONSTRAINT card_uid_form CHECK (uid GLOB '[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
    state     TEXT    NOT NULL CONSTRAINT card_state CHECK (state IN ('active', 'lost', 'retired')),
    given_at  INTEGER NOT NULL
) STRICT;

-- A retired uid may be given anew; an active or lost one belongs to one person.
CREATE UNIQUE INDEX card_uid ON card (uid) WHERE state IN ('active', 'lost');
CREATE INDEX card_by_person ON card (person_id);
CREATE INDEX card_by_uid ON card (uid);

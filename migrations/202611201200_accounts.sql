-- How somebody shows who they are. What is secret is kept as a hash only: a copy of this file lets nobody in. Reset,
-- invitation and set-up links are one kind of thing: single use, with an end.

CREATE TABLE account (
    person_id          INTEGER PRIMARY KEY NOT NULL CONSTRAINT account_person REFERENCES person (id),
    password           TEXT, -- argon2id, PHC format; NULL until an invitation is accepted
    password_set_at    INTEGER,
    -- The shared secret of the authenticator; it must be read to be checked, so it cannot be hashed.
    totp_secret        BLOB,
    totp_confirmed_at  INTEGER, -- NULL while it is being set up
    totp_last_step     INTEGER, -- the newest code that was taken: none is taken twice
    version            INTEGER NOT NULL DEFAULT 1
) STRICT;

-- For the day the phone is lost: each works once.
CREATE TABLE recovery_code (
    hash      BLOB    PRIMARY KEY NOT NULL CONSTRAINT recovery_sha256 CHECK (length(hash) = 32),
    person_id INTEGER NOT NULL CONSTRAINT recovery_person REFERENCES person (id),
    used_at   INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX recovery_by_person ON recovery_code (person_id);

CREATE TABLE session (
    id               INTEGER PRIMARY KEY NOT NULL,
    hash             BLOB    NOT NULL CONSTRAINT session_hash UNIQUE CHECK (length(hash) = 32),
    person_id        INTEGER NOT NULL CONSTRAINT session_person REFERENCES person (id),
    created_at       INTEGER NOT NULL,
    seen_at          INTEGER NOT NULL,
    -- Slides with use, up to a fixed time after created_at.
    expires_at       INTEGER NOT NULL,
    second_factor_at INTEGER, -- when a second factor was shown in this session
    device           TEXT    NOT NULL -- "Firefox on Linux", as its holder would say
) STRICT;

CREATE INDEX session_by_person ON session (person_id);
CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE link (
    hash       BLOB    PRIMARY KEY NOT NULL CONSTRAINT link_sha256 CHECK (length(hash) = 32),
    purpose    TEXT    NOT NULL CONSTRAINT link_purpose CHECK (purpose IN ('set-up', 'sign-in', 'invite', 'reset')),
    person_id  INTEGER CONSTRAINT link_person REFERENCES person (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    CONSTRAINT link_for_somebody CHECK ((person_id IS NULL) = (purpose = 'set-up'))
) STRICT, WITHOUT ROWID;

CREATE INDEX link_by_person ON link (person_id);

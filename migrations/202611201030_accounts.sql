-- How people sign in. Secrets are stored as hashes, so a copy of this file lets nobody in.

CREATE TABLE account (
    person_id         INTEGER PRIMARY KEY NOT NULL CONSTRAINT account_person REFERENCES person (id),
    password          TEXT, -- argon2id, PHC format; NULL until an invitation is accepted
    password_set_at   INTEGER,
    totp_secret       BLOB, -- not hashed: checking a code takes the secret
    totp_confirmed_at INTEGER, -- NULL while it is being set up
    totp_last_step    INTEGER, -- of the newest code that was accepted: none is accepted twice
    version           INTEGER NOT NULL DEFAULT 1
) STRICT;

-- Each works once, in place of the authenticator.
CREATE TABLE recovery_code (
    hash      BLOB    PRIMARY KEY NOT NULL CONSTRAINT recovery_sha256 CHECK (length(hash) = 32),
    person_id INTEGER NOT NULL CONSTRAINT recovery_person REFERENCES person (id),
    used_at   INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX recovery_by_person ON recovery_code (person_id);

-- Ids are never given again, for the audit log and open pages name them.
CREATE TABLE session (
    id               INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    hash             BLOB    NOT NULL CONSTRAINT session_hash UNIQUE CONSTRAINT session_sha256 CHECK (length(hash) = 32),
    person_id        INTEGER NOT NULL CONSTRAINT session_person REFERENCES person (id),
    created_at       INTEGER NOT NULL,
    seen_at          INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL, -- moves with use, up to a fixed time after created_at
    second_factor_at INTEGER, -- when a second factor was given in this session
    proved_at        INTEGER, -- when its person last proved who they are: by signing in, a password or a passkey
    device           TEXT    NOT NULL -- "Firefox on Linux"
) STRICT;

CREATE INDEX session_by_person ON session (person_id);
CREATE INDEX session_by_expiry ON session (expires_at);

-- Devices that have signed in to an account, by what their cookie says: wrong passwords from elsewhere lock none of them out.
CREATE TABLE known_device (
    person_id INTEGER NOT NULL CONSTRAINT known_device_person REFERENCES person (id),
    hash      BLOB    NOT NULL CONSTRAINT known_device_sha256 CHECK (length(hash) = 32),
    seen_at   INTEGER NOT NULL, -- when it last signed in
    CONSTRAINT known_device_once PRIMARY KEY (person_id, hash)
) STRICT, WITHOUT ROWID;

-- Links that work once, until they expire.
CREATE TABLE link (
    hash       BLOB    PRIMARY KEY NOT NULL CONSTRAINT link_sha256 CHECK (length(hash) = 32),
    purpose    TEXT    NOT NULL
        CONSTRAINT link_purpose CHECK (purpose IN ('set-up', 'sign-in', 'invite', 'reset', 'screen')),
    person_id  INTEGER CONSTRAINT link_person REFERENCES person (id),
    display_id INTEGER CONSTRAINT link_display REFERENCES display (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    CONSTRAINT link_for_somebody CHECK ((person_id IS NULL) = (purpose IN ('set-up', 'screen'))),
    CONSTRAINT link_for_a_screen CHECK ((display_id IS NULL) = (purpose <> 'screen'))
) STRICT, WITHOUT ROWID;

CREATE INDEX link_by_person ON link (person_id);

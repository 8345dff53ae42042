-- Passkeys: keys on people's devices that sign them in. Only public keys are here, so a copy of this file lets nobody in.

-- What authenticators know a person by: random, because a device shows it to whoever holds it.
CREATE TABLE passkey_user (
    person_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT passkey_user_person REFERENCES person (id),
    handle    BLOB    NOT NULL CONSTRAINT passkey_user_handle UNIQUE
        CONSTRAINT passkey_user_uuid CHECK (length(handle) = 16)
) STRICT;

-- Ids are never given again, for the audit log and open pages name them.
CREATE TABLE passkey (
    id            INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id     INTEGER NOT NULL CONSTRAINT passkey_person REFERENCES person (id),
    credential_id BLOB    NOT NULL CONSTRAINT passkey_credential_id UNIQUE
        CONSTRAINT passkey_credential_id_length CHECK (length(credential_id) BETWEEN 1 AND 1023),
    credential    TEXT    NOT NULL CONSTRAINT passkey_credential CHECK (json_valid(credential)), -- public key, counter and flags
    name          TEXT    NOT NULL CONSTRAINT passkey_name CHECK (length(name) BETWEEN 1 AND 200),
    created_at    INTEGER NOT NULL,
    used_at       INTEGER
) STRICT;

CREATE INDEX passkey_by_person ON passkey (person_id);

-- What was asked of the browser of a session and is not answered yet; found by the hash of the token that comes back, once.
CREATE TABLE passkey_ceremony (
    hash       BLOB    PRIMARY KEY NOT NULL CONSTRAINT passkey_ceremony_sha256 CHECK (length(hash) = 32),
    purpose    TEXT    NOT NULL CONSTRAINT passkey_ceremony_purpose CHECK (purpose IN ('add', 'confirm')),
    person_id  INTEGER NOT NULL CONSTRAINT passkey_ceremony_person REFERENCES person (id), -- who is asked
    session_id INTEGER NOT NULL, -- the session that began it
    state      TEXT    NOT NULL CONSTRAINT passkey_ceremony_state CHECK (json_valid(state)),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX passkey_ceremony_by_expiry ON passkey_ceremony (expires_at);
CREATE INDEX passkey_ceremony_by_person ON passkey_ceremony (person_id);

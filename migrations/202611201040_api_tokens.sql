-- Programs that use the API.

-- A personal token may do what its owner may, within its scopes. Revoking deletes it; ids are never given again, for the
-- audit log names them.
CREATE TABLE api_token (
    id               INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    hash             BLOB    NOT NULL CONSTRAINT api_token_hash UNIQUE
        CONSTRAINT api_token_sha256 CHECK (length(hash) = 32),
    person_id        INTEGER NOT NULL CONSTRAINT api_token_person REFERENCES person (id),
    name             TEXT    NOT NULL CONSTRAINT api_token_name CHECK (length(name) BETWEEN 1 AND 200),
    scopes           TEXT    NOT NULL CONSTRAINT api_token_scopes CHECK (length(scopes) > 0), -- separated by spaces
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER, -- exclusive; NULL is until it is revoked
    seen_at          INTEGER, -- to the minute
    second_factor_at INTEGER, -- when one was given in the session that made the token
    CONSTRAINT api_token_not_empty CHECK (expires_at IS NULL OR created_at < expires_at)
) STRICT;

CREATE INDEX api_token_by_person ON api_token (person_id);

-- Idempotency keys, for a day: a request that is repeated after a broken connection creates nothing twice. Only the id
-- and the state of what was created and a salted hash of the request are stored.
CREATE TABLE repeated_request (
    person_id  INTEGER NOT NULL CONSTRAINT repeated_person REFERENCES person (id),
    key_hash   BLOB    NOT NULL CONSTRAINT repeated_key CHECK (length(key_hash) = 32),
    salt       BLOB    NOT NULL CONSTRAINT repeated_salt CHECK (length(salt) = 16),
    hash       BLOB    NOT NULL CONSTRAINT repeated_sha256 CHECK (length(hash) = 32),
    begun_at   INTEGER NOT NULL,
    made       INTEGER, -- NULL before the job that does it; written by that job
    state      TEXT,    -- where what was made was in its life then, one of the words of the API
    PRIMARY KEY (person_id, key_hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX repeated_by_time ON repeated_request (begun_at);

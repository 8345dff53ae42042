-- Personal tokens for programs: each opens what its owner may do, within the scopes it names. Kept as a hash only; what is
-- revoked is deleted, and the audit chain remembers that it was there.

CREATE TABLE api_token (
    id               INTEGER PRIMARY KEY NOT NULL,
    hash             BLOB    NOT NULL CONSTRAINT api_token_hash UNIQUE CHECK (length(hash) = 32),
    person_id        INTEGER NOT NULL CONSTRAINT api_token_person REFERENCES person (id),
    name             TEXT    NOT NULL CONSTRAINT api_token_name CHECK (length(name) BETWEEN 1 AND 200),
    scopes           TEXT    NOT NULL CONSTRAINT api_token_scopes CHECK (length(scopes) > 0), -- words, separated by spaces
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER, -- exclusive; NULL is until it is revoked
    seen_at          INTEGER, -- to the minute
    second_factor_at INTEGER, -- when one was shown in the session in which it was made
    CONSTRAINT api_token_not_empty CHECK (expires_at IS NULL OR created_at < expires_at)
) STRICT;

CREATE INDEX api_token_by_person ON api_token (person_id);

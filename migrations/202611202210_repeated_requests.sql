-- What a program asked to be made under a key of its own, so that asking again after a broken connection makes nothing
-- twice. Only the address of what was made is kept, for a day, and of the request a salted hash: no words of anybody.

CREATE TABLE repeated_request (
    person_id  INTEGER NOT NULL CONSTRAINT repeated_person REFERENCES person (id),
    key_hash   BLOB    NOT NULL CONSTRAINT repeated_key CHECK (length(key_hash) = 32),
    salt       BLOB    NOT NULL CONSTRAINT repeated_salt CHECK (length(salt) = 16),
    hash       BLOB    NOT NULL CONSTRAINT repeated_sha256 CHECK (length(hash) = 32),
    begun_at   INTEGER NOT NULL,
    made       INTEGER, -- the id of what was made; NULL while nobody knows
    PRIMARY KEY (person_id, key_hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX repeated_by_time ON repeated_request (begun_at);

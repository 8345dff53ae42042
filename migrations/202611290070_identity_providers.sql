-- Identity providers: servers of others that vouch for people by OpenID Connect.

CREATE TABLE identity_provider (
    id                   INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, -- never given again: rules and audit entries name it
    issuer               TEXT    NOT NULL, -- as the provider signs it, byte by byte
    name                 TEXT    NOT NULL CONSTRAINT identity_provider_name CHECK (length(name) BETWEEN 1 AND 200),
    client_id            TEXT    NOT NULL CONSTRAINT identity_provider_client CHECK (length(client_id) BETWEEN 1 AND 200),
    client_secret        TEXT, -- not hashed: a code is exchanged with it
    scopes               TEXT    NOT NULL, -- beside openid, separated by spaces
    groups_claim         TEXT    NOT NULL, -- empty: groups there give nothing here
    second_factor        TEXT    NOT NULL
        CONSTRAINT identity_provider_second_factor CHECK (second_factor IN ('ignored', 'counts', 'required')),
    second_factor_values TEXT    NOT NULL, -- of acr or amr, separated by spaces
    admission            TEXT    NOT NULL
        CONSTRAINT identity_provider_admission CHECK (admission IN ('existing', 'applicants', 'members')),
    signs_out            INTEGER NOT NULL CONSTRAINT identity_provider_signs_out CHECK (signs_out IN (0, 1)),
    active               INTEGER NOT NULL CONSTRAINT identity_provider_active CHECK (active IN (0, 1)),
    added_at             INTEGER NOT NULL,
    added_by             INTEGER CONSTRAINT identity_provider_by REFERENCES alias (id),
    worked_at            INTEGER,
    failed_at            INTEGER,
    failure              TEXT,
    version              INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT identity_provider_once UNIQUE (issuer, client_id)
) STRICT;

CREATE INDEX identity_provider_by_author ON identity_provider (added_by) WHERE added_by IS NOT NULL;

-- Accounts there that belong to people here. Issuer and subject are the key; the issuer of a provider with links never changes.
CREATE TABLE identity_link (
    id          INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    provider_id INTEGER NOT NULL CONSTRAINT identity_link_provider REFERENCES identity_provider (id) ON DELETE CASCADE,
    subject     TEXT    NOT NULL CONSTRAINT identity_link_subject CHECK (length(subject) BETWEEN 1 AND 255),
    person_id   INTEGER NOT NULL CONSTRAINT identity_link_person REFERENCES person (id),
    called      TEXT, -- how the provider calls the account: an address or a name
    linked_at   INTEGER NOT NULL,
    used_at     INTEGER,
    CONSTRAINT identity_link_once UNIQUE (provider_id, subject),
    CONSTRAINT identity_link_one_per_person UNIQUE (person_id, provider_id)
) STRICT;

-- People for whom a provider vouches and who are not in: they may prove who they are here, or ask to join.
CREATE TABLE provider_arrival (
    hash          BLOB    PRIMARY KEY NOT NULL CONSTRAINT provider_arrival_sha256 CHECK (length(hash) = 32),
    provider_id   INTEGER NOT NULL CONSTRAINT provider_arrival_provider REFERENCES identity_provider (id) ON DELETE CASCADE,
    subject       TEXT    NOT NULL,
    name          TEXT,
    email         TEXT, -- only if the provider has verified it
    groups        TEXT, -- JSON array; NULL: the provider does not say, or not all of them
    second_factor INTEGER NOT NULL CONSTRAINT provider_arrival_second_factor CHECK (second_factor IN (0, 1)),
    id_token      TEXT    NOT NULL, -- for signing out there
    refusal       TEXT, -- NULL: they may go on
    person_id     INTEGER CONSTRAINT provider_arrival_person REFERENCES person (id), -- the person here with that address
    destination   TEXT    NOT NULL,
    expires_at    INTEGER NOT NULL,
    claimed       TEXT, -- the address that the provider states and has not verified
    code          BLOB    CONSTRAINT provider_arrival_code CHECK (length(code) = 32), -- hash of the code that was mailed
    code_to       TEXT, -- the address that it went to
    tries         INTEGER NOT NULL DEFAULT 0 -- with that code
) STRICT, WITHOUT ROWID;

CREATE INDEX provider_arrival_by_provider ON provider_arrival (provider_id);
CREATE INDEX provider_arrival_by_person ON provider_arrival (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX provider_arrival_by_expiry ON provider_arrival (expires_at);

-- How sessions began that a provider opened. It ends with the session.
CREATE TABLE session_identity (
    session_id    INTEGER PRIMARY KEY NOT NULL CONSTRAINT session_identity_session REFERENCES session (id) ON DELETE CASCADE,
    provider_id   INTEGER NOT NULL CONSTRAINT session_identity_provider REFERENCES identity_provider (id) ON DELETE CASCADE,
    id_token      TEXT    NOT NULL,
    second_factor INTEGER NOT NULL CONSTRAINT session_identity_second_factor CHECK (second_factor IN (0, 1)) -- it was shown there
) STRICT;

CREATE INDEX session_identity_by_provider ON session_identity (provider_id);

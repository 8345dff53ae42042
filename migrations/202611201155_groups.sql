-- Groups: people who book together – a class, a lab, a project.

CREATE TABLE person_group (
    id          INTEGER PRIMARY KEY NOT NULL,
    name        TEXT    NOT NULL CONSTRAINT person_group_name CHECK (length(name) BETWEEN 1 AND 200),
    department  TEXT    NOT NULL DEFAULT '', -- as people call it
    created_at  INTEGER NOT NULL,
    archived_at INTEGER,
    link_hash   BLOB CONSTRAINT person_group_link_hash CHECK (length(link_hash) = 32), -- of the link by which people join
    link_until  INTEGER, -- exclusive
    version     INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT person_group_link CHECK ((link_hash IS NULL) = (link_until IS NULL))
) STRICT;

CREATE UNIQUE INDEX person_group_by_name ON person_group (name COLLATE NOCASE) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX person_group_by_link ON person_group (link_hash) WHERE link_hash IS NOT NULL;

CREATE TABLE group_member (
    group_id  INTEGER NOT NULL CONSTRAINT group_member_group REFERENCES person_group (id),
    person_id INTEGER NOT NULL CONSTRAINT group_member_person REFERENCES person (id),
    role      TEXT    NOT NULL CONSTRAINT group_member_role CHECK (role IN ('admin', 'member')),
    since     INTEGER NOT NULL,
    CONSTRAINT group_member_once PRIMARY KEY (group_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX group_member_by_person ON group_member (person_id);

-- Who wants to become a member, until an admin of the group answers.
CREATE TABLE group_request (
    group_id  INTEGER NOT NULL CONSTRAINT group_request_group REFERENCES person_group (id),
    person_id INTEGER NOT NULL CONSTRAINT group_request_person REFERENCES person (id),
    asked_at  INTEGER NOT NULL,
    CONSTRAINT group_request_once PRIMARY KEY (group_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX group_request_by_person ON group_request (person_id);

-- An invitation is to an address, whether or not anybody has it: so it tells nobody whose address it is.
CREATE TABLE group_invitation (
    id         INTEGER NOT NULL CONSTRAINT group_invitation_key PRIMARY KEY,
    group_id   INTEGER NOT NULL CONSTRAINT group_invitation_group REFERENCES person_group (id),
    email      TEXT    NOT NULL,
    role       TEXT    NOT NULL CONSTRAINT group_invitation_role CHECK (role IN ('admin', 'member')),
    invited_at INTEGER NOT NULL,
    invited_by INTEGER CONSTRAINT group_invitation_by REFERENCES alias (id),
    expires_at INTEGER NOT NULL, -- exclusive
    -- Its holder became a member otherwise, or was one: listed until it expires, because its end would tell whose address it is.
    spent      INTEGER NOT NULL DEFAULT 0 CONSTRAINT group_invitation_spent CHECK (spent IN (0, 1)),
    CONSTRAINT group_invitation_once UNIQUE (group_id, email)
) STRICT;

CREATE INDEX group_invitation_by_email ON group_invitation (email);

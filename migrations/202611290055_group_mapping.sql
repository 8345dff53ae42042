-- Group mapping: rules by which groups of the directory or of an identity provider give groups and qualifications here.

CREATE TABLE group_rule (
    id         INTEGER PRIMARY KEY NOT NULL,
    source     TEXT    NOT NULL CONSTRAINT group_rule_source CHECK (source = 'directory' OR source LIKE 'provider-%'),
    external   TEXT    NOT NULL CONSTRAINT group_rule_external CHECK (length(external) BETWEEN 1 AND 200), -- as typed
    folded     TEXT    NOT NULL, -- as rules compare it
    group_id   INTEGER CONSTRAINT group_rule_group REFERENCES person_group (id),
    type_id    INTEGER CONSTRAINT group_rule_type REFERENCES equipment_type (id),
    relation   TEXT    CONSTRAINT group_rule_relation CHECK (relation IN ('user', 'trainer', 'owner')),
    created_at INTEGER NOT NULL,
    CONSTRAINT group_rule_one_target CHECK ((group_id IS NULL) <> (type_id IS NULL) AND (type_id IS NULL) = (relation IS NULL)),
    -- Roles are given by people.
    CONSTRAINT group_rule_no_role CHECK (type_id > 2)
) STRICT;

CREATE UNIQUE INDEX group_rule_once
    ON group_rule (source, folded, coalesce(group_id, 0), coalesce(type_id, 0), coalesce(relation, ''));
CREATE INDEX group_rule_by_group ON group_rule (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX group_rule_by_type ON group_rule (type_id) WHERE type_id IS NOT NULL;

-- What rules gave to people: only this do they take away.
CREATE TABLE rule_grant (
    person_id INTEGER NOT NULL CONSTRAINT rule_grant_person REFERENCES person (id),
    source    TEXT    NOT NULL,
    group_id  INTEGER CONSTRAINT rule_grant_group REFERENCES person_group (id),
    type_id   INTEGER CONSTRAINT rule_grant_type REFERENCES equipment_type (id),
    relation  TEXT    CONSTRAINT rule_grant_relation CHECK (relation IN ('user', 'trainer', 'owner')),
    given_at  INTEGER NOT NULL,
    CONSTRAINT rule_grant_one_target CHECK ((group_id IS NULL) <> (type_id IS NULL) AND (type_id IS NULL) = (relation IS NULL))
) STRICT;

CREATE UNIQUE INDEX rule_grant_once
    ON rule_grant (person_id, source, coalesce(group_id, 0), coalesce(type_id, 0), coalesce(relation, ''));
CREATE INDEX rule_grant_by_group ON rule_grant (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX rule_grant_by_type ON rule_grant (type_id) WHERE type_id IS NOT NULL;

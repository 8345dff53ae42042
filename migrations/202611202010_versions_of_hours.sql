-- Versions of opening hours: one of the week at each place where hours can be said, and one of each day that is an exception
-- there. They grow also when hours are taken back, so that a form filled in before is known to be old.

CREATE TABLE opening_version (
    scope    TEXT    NOT NULL CONSTRAINT opening_version_scope CHECK (scope IN ('space', 'type', 'machine')),
    scope_id INTEGER NOT NULL, -- 0 for the space
    day      INTEGER NOT NULL, -- days since 1970-01-01; -1 is the week
    version  INTEGER NOT NULL,
    PRIMARY KEY (scope, scope_id, day),
    CONSTRAINT opening_version_one_space CHECK ((scope = 'space') = (scope_id = 0))
) STRICT, WITHOUT ROWID;

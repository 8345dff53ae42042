-- When the space, a type or a machine is open, in local time. The nearest scope that has any hours replaces those of the
-- farther ones completely; an exception replaces the weekday's hours on its date.

CREATE TABLE opening_hours (
    id       INTEGER PRIMARY KEY NOT NULL,
    scope    TEXT    NOT NULL CONSTRAINT hours_scope CHECK (scope IN ('space', 'type', 'machine')),
    scope_id INTEGER NOT NULL, -- 0 for the space
    weekday  INTEGER NOT NULL CONSTRAINT hours_weekday CHECK (weekday BETWEEN 0 AND 6), -- Monday is 0
    from_min INTEGER NOT NULL, -- minutes of the day
    to_min   INTEGER NOT NULL, -- exclusive; 1440 is midnight
    CONSTRAINT hours_one_space CHECK ((scope = 'space') = (scope_id = 0)),
    CONSTRAINT hours_in_order CHECK (0 <= from_min AND from_min < to_min AND to_min <= 1440)
) STRICT;

CREATE INDEX hours_by_scope ON opening_hours (scope, scope_id);

CREATE TABLE opening_exception (
    id       INTEGER PRIMARY KEY NOT NULL,
    scope    TEXT    NOT NULL CONSTRAINT exception_scope CHECK (scope IN ('space', 'type', 'machine')),
    scope_id INTEGER NOT NULL,
    day      INTEGER NOT NULL, -- days since 1970-01-01
    from_min INTEGER, -- NULL, as `to_min`, is closed on that day
    to_min   INTEGER,
    CONSTRAINT exception_one_space CHECK ((scope = 'space') = (scope_id = 0)),
    CONSTRAINT exception_in_order CHECK ((from_min IS NULL AND to_min IS NULL)
        OR (0 <= from_min AND from_min < to_min AND to_min <= 1440))
) STRICT;

CREATE INDEX exception_by_scope ON opening_exception (scope, scope_id, day);

-- Versions of the week and of each exception. They outlive the hours, as those of `setting_change` do.
CREATE TABLE opening_version (
    scope    TEXT    NOT NULL CONSTRAINT opening_version_scope CHECK (scope IN ('space', 'type', 'machine')),
    scope_id INTEGER NOT NULL, -- 0 for the space
    day      INTEGER NOT NULL, -- days since 1970-01-01; -1 is the week
    version  INTEGER NOT NULL,
    PRIMARY KEY (scope, scope_id, day),
    CONSTRAINT opening_version_one_space CHECK ((scope = 'space') = (scope_id = 0))
) STRICT, WITHOUT ROWID;

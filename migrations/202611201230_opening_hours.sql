-- When a space, a type or a machine is open, by the clock on the wall. The nearest scope that has any hours replaces the
-- farther ones whole; a dated exception replaces the day of the week.

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

-- No row of minutes: closed on that day.
CREATE TABLE opening_exception (
    id       INTEGER PRIMARY KEY NOT NULL,
    scope    TEXT    NOT NULL CONSTRAINT exception_scope CHECK (scope IN ('space', 'type', 'machine')),
    scope_id INTEGER NOT NULL,
    day      INTEGER NOT NULL, -- days since 1970-01-01
    from_min INTEGER,
    to_min   INTEGER,
    CONSTRAINT exception_one_space CHECK ((scope = 'space') = (scope_id = 0)),
    CONSTRAINT exception_in_order CHECK ((from_min IS NULL AND to_min IS NULL)
        OR (0 <= from_min AND from_min < to_min AND to_min <= 1440))
) STRICT;

CREATE INDEX exception_by_scope ON opening_exception (scope, scope_id, day);

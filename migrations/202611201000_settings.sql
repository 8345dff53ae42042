-- Settings of the space, a type or a machine. The nearest scope that has a value wins; where none has, the program's
-- default applies.

CREATE TABLE setting (
    scope    TEXT    NOT NULL CONSTRAINT setting_scope CHECK (scope IN ('space', 'type', 'machine')),
    scope_id INTEGER NOT NULL, -- 0 for the space
    key      TEXT    NOT NULL,
    value    TEXT    NOT NULL,
    version  INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (scope, scope_id, key),
    CONSTRAINT setting_one_space CHECK ((scope = 'space') = (scope_id = 0))
) STRICT, WITHOUT ROWID;

-- The last change of each setting. It outlives the value: setting and unsetting one in between still makes a form that
-- was opened before outdated.
CREATE TABLE setting_change (
    scope      TEXT    NOT NULL CONSTRAINT setting_change_scope CHECK (scope IN ('space', 'type', 'machine')),
    scope_id   INTEGER NOT NULL, -- 0 for the space
    key        TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by INTEGER CONSTRAINT setting_change_by REFERENCES alias (id), -- NULL is Toolgate itself
    PRIMARY KEY (scope, scope_id, key),
    CONSTRAINT setting_change_one_space CHECK ((scope = 'space') = (scope_id = 0))
) STRICT, WITHOUT ROWID;

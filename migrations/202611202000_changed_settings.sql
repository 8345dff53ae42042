-- Who changed a setting last, and when; and its version, which grows also while nothing is said, so that a form that was
-- filled in before somebody said something and took it back is known to be old.

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

-- What managers tell everybody, or the qualified of a type, while it lasts.

CREATE TABLE announcement (
    id           INTEGER PRIMARY KEY NOT NULL,
    version      INTEGER NOT NULL DEFAULT 1,
    title        TEXT    NOT NULL CONSTRAINT announcement_title CHECK (length(title) BETWEEN 1 AND 200),
    body         TEXT    NOT NULL CONSTRAINT announcement_body CHECK (length(body) BETWEEN 1 AND 4000), -- Markdown
    type_id      INTEGER CONSTRAINT announcement_type REFERENCES equipment_type (id), -- NULL is everybody
    from_at      INTEGER NOT NULL,
    until_at     INTEGER, -- exclusive; NULL is until it is withdrawn
    written_at   INTEGER NOT NULL,
    written_by   INTEGER CONSTRAINT announcement_written_by REFERENCES alias (id),
    begun_at     INTEGER, -- when its audience was told and open pages looked
    ended_at     INTEGER, -- when open pages were told that it is over
    withdrawn_at INTEGER,
    CONSTRAINT announcement_not_empty CHECK (until_at IS NULL OR from_at < until_at)
) STRICT;

-- The few that show or will.
CREATE INDEX announcement_coming ON announcement (from_at) WHERE ended_at IS NULL AND withdrawn_at IS NULL;

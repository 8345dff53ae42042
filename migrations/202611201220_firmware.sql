-- Firmware for boards: uploaded images, and sending them. Images are rows, so that a backup is one file.

CREATE TABLE firmware_image (
    id       INTEGER PRIMARY KEY NOT NULL,
    name     TEXT    NOT NULL, -- given by whoever uploaded it
    chip     INTEGER NOT NULL, -- from the image's header, as the next two
    version  TEXT    NOT NULL,
    project  TEXT    NOT NULL,
    size     INTEGER NOT NULL CONSTRAINT image_size CHECK (size BETWEEN 1 AND 4194304),
    md5      TEXT    NOT NULL CONSTRAINT image_md5 CHECK (length(md5) = 32),
    sha256   TEXT    NOT NULL CONSTRAINT image_once UNIQUE CONSTRAINT image_sha256 CHECK (length(sha256) = 64),
    content  BLOB    NOT NULL CONSTRAINT image_content CHECK (length(content) = size),
    added_at INTEGER NOT NULL,
    by_alias INTEGER CONSTRAINT image_by REFERENCES alias (id)
) STRICT;

CREATE INDEX image_by_alias ON firmware_image (by_alias) WHERE by_alias IS NOT NULL;

CREATE TABLE firmware_job (
    id         INTEGER PRIMARY KEY NOT NULL,
    image_id   INTEGER NOT NULL, -- no foreign key: an image may be deleted after it was sent
    image_name TEXT    NOT NULL,
    board_id   INTEGER NOT NULL CONSTRAINT job_board REFERENCES board (id) ON DELETE CASCADE,
    state      TEXT    NOT NULL CONSTRAINT job_state CHECK (state IN
        ('waiting', 'inviting', 'sending', 'done', 'failed', 'cancelled')),
    percent    INTEGER NOT NULL DEFAULT 0 CONSTRAINT job_percent CHECK (percent BETWEEN 0 AND 100),
    failure    TEXT, -- a code
    queued_at  INTEGER NOT NULL,
    ended_at   INTEGER,
    by_alias   INTEGER CONSTRAINT job_by REFERENCES alias (id),
    CONSTRAINT job_failed CHECK ((state = 'failed') = (failure IS NOT NULL)),
    CONSTRAINT job_ended CHECK ((state IN ('done', 'failed', 'cancelled')) = (ended_at IS NOT NULL))
) STRICT;

-- A board gets one image at a time.
CREATE UNIQUE INDEX job_open ON firmware_job (board_id) WHERE state IN ('waiting', 'inviting', 'sending');
CREATE INDEX job_by_alias ON firmware_job (by_alias) WHERE by_alias IS NOT NULL;
CREATE INDEX job_by_board ON firmware_job (board_id, id);

-- Training: modules with their videos and questions, what is required where, and how far people are with it.

CREATE TABLE training_module (
    id          INTEGER PRIMARY KEY NOT NULL,
    title       TEXT    NOT NULL CONSTRAINT module_title CHECK (length(title) BETWEEN 1 AND 200),
    about       TEXT    NOT NULL DEFAULT '' CONSTRAINT module_about CHECK (length(about) <= 4000), -- Markdown
    asked       INTEGER CONSTRAINT module_asked CHECK (asked > 0), -- questions of one quiz; NULL is all
    position    INTEGER NOT NULL DEFAULT 0,
    archived_at INTEGER,
    version     INTEGER NOT NULL DEFAULT 1
) STRICT;

-- What was published at one time, and at most one that is not yet. Whoever completed an earlier edition need not do the
-- next, unless it says by when.
CREATE TABLE module_edition (
    id           INTEGER PRIMARY KEY NOT NULL,
    module_id    INTEGER NOT NULL CONSTRAINT edition_module REFERENCES training_module (id),
    edition      INTEGER NOT NULL CONSTRAINT edition_number CHECK (edition > 0),
    youtube      TEXT    CONSTRAINT edition_youtube CHECK (length(youtube) = 11),
    -- In the folder of videos beside the database; several editions may show the same.
    file_name    TEXT,
    file_type    TEXT    CONSTRAINT edition_file_type CHECK (file_type IN ('video/webm', 'video/mp4')),
    file_bytes   INTEGER,
    captions     TEXT,   -- WebVTT
    length_ms    INTEGER CONSTRAINT edition_length CHECK (length_ms BETWEEN 1 AND 21600000),
    has_quiz     INTEGER NOT NULL DEFAULT 0 CONSTRAINT edition_has_quiz CHECK (has_quiz IN (0, 1)), -- as it was published
    published_at INTEGER,
    redo_by      INTEGER, -- from then on earlier editions do not count
    CONSTRAINT edition_once UNIQUE (module_id, edition),
    CONSTRAINT edition_one_video CHECK (youtube IS NULL OR file_name IS NULL),
    CONSTRAINT edition_file CHECK ((file_name IS NULL) = (file_type IS NULL) AND (file_name IS NULL) = (file_bytes IS NULL)),
    CONSTRAINT edition_published CHECK (published_at IS NULL
        OR (length_ms IS NOT NULL AND (youtube IS NOT NULL OR file_name IS NOT NULL))),
    CONSTRAINT edition_redo CHECK (redo_by IS NULL OR redo_by >= published_at)
) STRICT;

CREATE UNIQUE INDEX edition_draft ON module_edition (module_id) WHERE published_at IS NULL;

-- A question that is changed is another one: quizzes under way go on with what they asked, and figures are about one wording.
CREATE TABLE quiz_question (
    id          INTEGER PRIMARY KEY NOT NULL,
    module_id   INTEGER NOT NULL CONSTRAINT question_module REFERENCES training_module (id),
    position    INTEGER NOT NULL,
    kind        TEXT    NOT NULL CONSTRAINT question_kind CHECK (kind IN ('single', 'multiple', 'order')),
    ask         TEXT    NOT NULL CONSTRAINT question_ask CHECK (length(ask) BETWEEN 1 AND 500),
    why         TEXT    NOT NULL DEFAULT '' CONSTRAINT question_why CHECK (length(why) <= 500),
    archived_at INTEGER
) STRICT;

CREATE INDEX question_by_module ON quiz_question (module_id, position) WHERE archived_at IS NULL;

-- Apart from the questions, so that a list of them reads no pictures.
CREATE TABLE quiz_picture (
    question_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT quiz_picture_question REFERENCES quiz_question (id),
    body        BLOB    NOT NULL,
    small       BLOB    NOT NULL,
    added_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE quiz_answer (
    id          INTEGER PRIMARY KEY NOT NULL,
    question_id INTEGER NOT NULL CONSTRAINT answer_question REFERENCES quiz_question (id),
    position    INTEGER NOT NULL, -- what is right, where they are to be put in order
    words       TEXT    NOT NULL CONSTRAINT answer_words CHECK (length(words) BETWEEN 1 AND 500),
    is_right    INTEGER NOT NULL CONSTRAINT answer_right CHECK (is_right IN (0, 1)),
    CONSTRAINT answer_once UNIQUE (question_id, position)
) STRICT;

CREATE TABLE training_requirement (
    id         INTEGER PRIMARY KEY NOT NULL,
    type_id    INTEGER CONSTRAINT training_requirement_type REFERENCES equipment_type (id),
    machine_id INTEGER CONSTRAINT training_requirement_machine REFERENCES machine (id),
    module_id  INTEGER NOT NULL CONSTRAINT training_requirement_module REFERENCES training_module (id),
    threshold  INTEGER NOT NULL CONSTRAINT training_requirement_threshold CHECK (threshold BETWEEN 1 AND 100),
    made_at    INTEGER NOT NULL DEFAULT 0,
    grace_until INTEGER NOT NULL DEFAULT 0, -- for whoever was qualified when it was made
    CONSTRAINT training_requirement_subject CHECK ((type_id IS NULL) <> (machine_id IS NULL))
) STRICT;

CREATE UNIQUE INDEX training_requirement_by_type ON training_requirement (type_id, module_id) WHERE type_id IS NOT NULL;
CREATE UNIQUE INDEX training_requirement_by_machine ON training_requirement (machine_id, module_id)
    WHERE machine_id IS NOT NULL;
CREATE INDEX training_requirement_by_module ON training_requirement (module_id);

-- How far somebody is with an edition.
CREATE TABLE training_progress (
    person_id  INTEGER NOT NULL CONSTRAINT progress_person REFERENCES person (id),
    edition_id INTEGER NOT NULL CONSTRAINT progress_edition REFERENCES module_edition (id),
    spans      TEXT    NOT NULL DEFAULT '[]', -- what was watched, [[from, to], …] in milliseconds
    percent    INTEGER NOT NULL DEFAULT 0 CONSTRAINT progress_percent CHECK (percent BETWEEN 0 AND 100),
    place_ms   INTEGER NOT NULL DEFAULT 0, -- where they were
    seen_at    INTEGER NOT NULL,
    heard_at   INTEGER, -- when it was last reported; NULL where it was only carried over from the edition before
    passed_at  INTEGER, -- the quiz
    CONSTRAINT progress_once PRIMARY KEY (person_id, edition_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX progress_by_edition ON training_progress (edition_id);

-- The clock by which somebody's watching is credited, whatever they watch.
CREATE TABLE watch_clock (
    person_id INTEGER PRIMARY KEY NOT NULL CONSTRAINT watch_clock_person REFERENCES person (id),
    heard_at  INTEGER NOT NULL,
    spare_ms  INTEGER NOT NULL
) STRICT;

CREATE TABLE quiz_try (
    id         INTEGER PRIMARY KEY NOT NULL,
    person_id  INTEGER NOT NULL CONSTRAINT try_person REFERENCES person (id),
    edition_id INTEGER NOT NULL CONSTRAINT try_edition REFERENCES module_edition (id),
    begun_at   INTEGER NOT NULL,
    handed_at  INTEGER,
    passed     INTEGER CONSTRAINT try_passed CHECK (passed IN (0, 1)),
    CONSTRAINT try_handed CHECK ((handed_at IS NULL) = (passed IS NULL))
) STRICT;

CREATE UNIQUE INDEX try_open ON quiz_try (person_id, edition_id) WHERE handed_at IS NULL;
CREATE INDEX try_by_person ON quiz_try (person_id, edition_id, begun_at);

-- The questions of a try as they were asked, and what was answered.
CREATE TABLE quiz_given (
    try_id      INTEGER NOT NULL CONSTRAINT given_try REFERENCES quiz_try (id),
    position    INTEGER NOT NULL,
    question_id INTEGER NOT NULL CONSTRAINT given_question REFERENCES quiz_question (id),
    shown       TEXT    NOT NULL, -- ids of its answers in the order in which they were shown
    given       TEXT,   -- ids of those that were chosen, in their order
    is_right    INTEGER CONSTRAINT given_right CHECK (is_right IN (0, 1)),
    CONSTRAINT given_once PRIMARY KEY (try_id, position),
    CONSTRAINT given_judged CHECK ((given IS NULL) = (is_right IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX given_by_question ON quiz_given (question_id, is_right);

-- What each machine and type requires: modules that are in use and can be completed.
CREATE VIEW training_required AS
    SELECT r.type_id, r.machine_id, r.module_id, r.threshold, r.made_at, r.grace_until
      FROM training_requirement r
      JOIN training_module t ON t.id = r.module_id AND t.archived_at IS NULL
     WHERE EXISTS (SELECT 1 FROM module_edition e WHERE e.module_id = r.module_id AND e.published_at IS NOT NULL);

-- What somebody did of an edition, and what of it there is to do.
CREATE VIEW training_done AS
    SELECT g.person_id, e.module_id, e.edition, g.percent,
           (e.has_quiz = 0 OR g.passed_at IS NOT NULL
            OR NOT EXISTS (SELECT 1 FROM quiz_question q WHERE q.module_id = e.module_id AND q.archived_at IS NULL)) AS quiz_done
      FROM training_progress g
      JOIN module_edition e ON e.id = g.edition_id AND e.published_at IS NOT NULL;

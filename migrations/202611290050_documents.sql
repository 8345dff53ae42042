-- Documents that people sign, or hand in on paper, before they use machines: their editions, and who signed which.

CREATE TABLE document (
    id          INTEGER PRIMARY KEY NOT NULL,
    version     INTEGER NOT NULL DEFAULT 1,
    title       TEXT    NOT NULL CONSTRAINT document_title CHECK (length(title) BETWEEN 1 AND 200),
    kind        TEXT    NOT NULL CONSTRAINT document_kind CHECK (kind IN ('text', 'paper')),
    type_id     INTEGER CONSTRAINT document_type REFERENCES equipment_type (id),
    machine_id  INTEGER CONSTRAINT document_machine REFERENCES machine (id),
    everywhere  INTEGER NOT NULL GENERATED ALWAYS AS (type_id IS NULL AND machine_id IS NULL) STORED, -- asked at every machine
    lapse_days  INTEGER CONSTRAINT document_lapse CHECK (lapse_days BETWEEN 1 AND 3660), -- NULL never lapses
    made_at     INTEGER NOT NULL,
    made_by     INTEGER CONSTRAINT document_made_by REFERENCES alias (id),
    archived_at INTEGER,
    draft       TEXT    NOT NULL DEFAULT '' CONSTRAINT document_draft CHECK (length(draft) <= 20000), -- Markdown; the next edition
    CONSTRAINT document_subject CHECK (type_id IS NULL OR machine_id IS NULL)
) STRICT;

-- Every access decision looks these up.
CREATE INDEX document_everywhere ON document (everywhere);
CREATE INDEX document_by_type ON document (type_id);
CREATE INDEX document_by_machine ON document (machine_id);

-- What was published: people sign an edition, so none ever changes.
CREATE TABLE document_edition (
    document_id  INTEGER NOT NULL CONSTRAINT document_edition_document REFERENCES document (id),
    edition      INTEGER NOT NULL CONSTRAINT document_edition_number CHECK (edition > 0),
    published_at INTEGER NOT NULL,
    published_by INTEGER CONSTRAINT document_edition_by REFERENCES alias (id),
    sign_again   INTEGER NOT NULL CONSTRAINT document_edition_again CHECK (sign_again IN (0, 1)), -- signatures of earlier ones end
    from_at      INTEGER NOT NULL, -- when machines begin to ask for it
    body         TEXT    NOT NULL CONSTRAINT document_edition_body CHECK (length(body) <= 20000), -- Markdown; last, as decisions read the others
    CONSTRAINT document_edition_once PRIMARY KEY (document_id, edition),
    CONSTRAINT document_edition_first CHECK (edition > 1 OR sign_again = 1),
    CONSTRAINT document_edition_from CHECK (from_at >= published_at)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER document_edition_no_delete BEFORE DELETE ON document_edition
BEGIN SELECT RAISE(ABORT, 'append_only:document_edition'); END;

CREATE TRIGGER document_edition_no_update BEFORE UPDATE ON document_edition
BEGIN SELECT RAISE(ABORT, 'append_only:document_edition'); END;

CREATE TABLE document_signature (
    id           INTEGER PRIMARY KEY NOT NULL,
    document_id  INTEGER NOT NULL,
    edition      INTEGER NOT NULL,
    person_id    INTEGER NOT NULL CONSTRAINT document_signature_person REFERENCES person (id),
    name         TEXT    CONSTRAINT document_signature_name CHECK (length(name) BETWEEN 1 AND 200), -- as typed; NULL is a paper, or erased
    signed_at    INTEGER NOT NULL,
    recorded_by  INTEGER CONSTRAINT document_signature_by REFERENCES alias (id), -- who ticked a paper
    withdrawn_at INTEGER,
    withdrawn_by INTEGER CONSTRAINT document_signature_withdrawn REFERENCES alias (id),
    CONSTRAINT document_signature_edition FOREIGN KEY (document_id, edition) REFERENCES document_edition (document_id, edition)
) STRICT;

CREATE INDEX document_signature_by_person ON document_signature (person_id, document_id) WHERE withdrawn_at IS NULL;
CREATE INDEX document_signature_by_document ON document_signature (document_id, edition);

-- Evidence: a signature is withdrawn, and loses its name when its person is erased, but is never moved or deleted.
CREATE TRIGGER document_signature_fixed BEFORE UPDATE OF document_id, edition, person_id, signed_at, recorded_by ON document_signature
BEGIN SELECT RAISE(ABORT, 'append_only:document_signature'); END;

CREATE TRIGGER document_signature_no_delete BEFORE DELETE ON document_signature
BEGIN SELECT RAISE(ABORT, 'append_only:document_signature'); END;

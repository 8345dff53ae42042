-- Requests for help at machines. After 30 days they are rows without people and text.
CREATE TABLE help_request (
    id               INTEGER PRIMARY KEY NOT NULL,
    machine_id       INTEGER NOT NULL CONSTRAINT help_request_machine REFERENCES machine (id),
    person_id        INTEGER CONSTRAINT help_request_person REFERENCES person (id), -- who asked
    remark_id        INTEGER CONSTRAINT help_request_remark REFERENCES remark (id),
    asked_at         INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL, -- nothing has to happen then: it is open while this lies ahead
    notified         INTEGER NOT NULL CONSTRAINT help_request_notified CHECK (notified >= 0), -- how many people
    inside           INTEGER NOT NULL CONSTRAINT help_request_inside CHECK (inside IN (0, 1)), -- whether they were in the space
    passed_on_at     INTEGER, -- when others were notified because nobody had answered
    helper_id        INTEGER CONSTRAINT help_request_helper REFERENCES person (id), -- who answered
    answer_remark_id INTEGER CONSTRAINT help_request_answer REFERENCES remark (id),
    answered_at      INTEGER,
    resolved_at      INTEGER,
    CONSTRAINT help_request_order CHECK (asked_at < expires_at AND answered_at >= asked_at AND resolved_at >= asked_at)
) STRICT;

CREATE INDEX help_request_unresolved ON help_request (machine_id, expires_at) WHERE resolved_at IS NULL;
CREATE INDEX help_request_by_person ON help_request (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX help_request_by_helper ON help_request (helper_id) WHERE helper_id IS NOT NULL;
CREATE INDEX help_request_named ON help_request (asked_at) WHERE coalesce(person_id, helper_id, remark_id, answer_remark_id) IS NOT NULL;
CREATE INDEX help_request_by_answer ON help_request (answer_remark_id) WHERE answer_remark_id IS NOT NULL;
CREATE INDEX help_request_by_remark ON help_request (remark_id) WHERE remark_id IS NOT NULL;

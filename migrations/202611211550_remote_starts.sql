-- The last start of a machine that somebody wanted from afar is read with its page, however many there ever were.

CREATE INDEX request_last_start ON machine_request (machine_id, id) WHERE kind = 'start';

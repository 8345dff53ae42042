-- Words can be deleted; what refers to them without a foreign key, because it may not be changed, goes on naming their number.
-- Given to other words, that number would put them under whoever it once was about. The last number of what went is kept
-- beside the table, for four others refer to it.
CREATE TABLE remark_number (
    id   INTEGER PRIMARY KEY NOT NULL CONSTRAINT remark_number_one CHECK (id = 1),
    last INTEGER NOT NULL
) STRICT;
INSERT INTO remark_number (id, last)
     SELECT 1, max(ifnull((SELECT max(id) FROM remark), 0), ifnull((SELECT max(remark_id) FROM qualification), 0));

CREATE TRIGGER remark_number_kept AFTER DELETE ON remark
BEGIN UPDATE remark_number SET last = max(last, old.id); END;

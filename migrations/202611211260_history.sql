-- What happened at one machine, the newest first, a page at a time, however much there is: each kind of thing by its own index.
-- Uses have theirs (`use_by_end`).

CREATE INDEX report_by_report ON problem_report (machine_id, reported_at, id);
CREATE INDEX report_by_resolution ON problem_report (machine_id, resolved_at, id);
CREATE INDEX block_by_placing ON machine_block (machine_id, placed_at, id);
CREATE INDEX block_by_lifting ON machine_block (machine_id, lifted_at, id);
-- Nearly all entries about a machine are of its uses, which stand in their own table.
CREATE INDEX audit_about_in_time ON audit (subject, at, seq) WHERE action NOT IN ('use.start', 'use.extend', 'use.stop');

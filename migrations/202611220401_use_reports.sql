-- Whether the board of a machine reports uses while they run (`inuse`): 1 once it did, 0 once a use of its ended whole that it
-- never reported. Unknown (NULL) until then. A board that reports and then polls without a report has nobody in.
ALTER TABLE machine_signal ADD COLUMN reports_uses INTEGER CONSTRAINT signal_reports CHECK (reports_uses IN (0, 1));

UPDATE machine_signal SET reports_uses = 1
 WHERE machine_id IN (SELECT machine_id FROM board_fact WHERE action = 'extend');

UPDATE machine_signal SET reports_uses = 0
 WHERE reports_uses IS NULL
   AND machine_id IN (SELECT machine_id FROM board_fact WHERE action = 'stop' AND replay = 0 AND duration_s >= 120);

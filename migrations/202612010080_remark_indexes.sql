-- Deleting a remark has SQLite look for rows that refer to it. Without these it reads every booking, closure and checkout for each
-- remark, so that a thousand old ones could not be deleted in the time of a job.

CREATE INDEX appointment_by_remark ON appointment (remark_id) WHERE remark_id IS NOT NULL;
CREATE INDEX booking_by_remark ON booking (remark_id) WHERE remark_id IS NOT NULL;
CREATE INDEX claim_by_remark ON card_claim (remark_id) WHERE remark_id IS NOT NULL;
CREATE INDEX checkout_wish_by_remark ON checkout_wish (remark_id) WHERE remark_id IS NOT NULL;
CREATE INDEX closure_by_remark ON closure (remark_id) WHERE remark_id IS NOT NULL;
CREATE INDEX draw_wish_by_remark ON draw_wish (remark_id) WHERE remark_id IS NOT NULL;
CREATE INDEX event_place_by_remark ON event_place (remark_id) WHERE remark_id IS NOT NULL;
CREATE INDEX help_request_by_answer ON help_request (answer_remark_id) WHERE answer_remark_id IS NOT NULL;
CREATE INDEX help_request_by_remark ON help_request (remark_id) WHERE remark_id IS NOT NULL;
CREATE INDEX hold_by_remark ON hold (remark_id) WHERE remark_id IS NOT NULL;
CREATE INDEX block_by_remark ON machine_block (remark_id) WHERE remark_id IS NOT NULL;
CREATE INDEX training_event_by_remark ON training_event (remark_id) WHERE remark_id IS NOT NULL;
CREATE INDEX training_request_by_remark ON training_request (remark_id) WHERE remark_id IS NOT NULL;

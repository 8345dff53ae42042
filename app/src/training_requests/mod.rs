//! Requests for training: the form of one ([`ask`]).
//!
//! Not here: the queues that they join, which hosts see, and the events that they lead to ([`crate::training_events`]).

pub mod ask;

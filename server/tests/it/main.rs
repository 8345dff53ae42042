//! The whole server from outside: HTTP, MQTT, processes. Tests that need a process to themselves (memory, a full
//! disk, kills, counted statements) have executables of their own beside this one.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop"
)]

mod accounts;
mod actuators;
mod api;
mod api_bookings;
mod api_equipment;
mod api_frame;
mod api_input;
mod api_matrix;
mod api_pages;
mod api_people;
mod api_rows;
mod attacks;
mod backup;
mod boards;
mod broker;
mod connections;
mod daemon;
mod devices;
mod doors;
mod draws;
mod effects;
mod exactly_once;
mod external_calendars;
mod fabomatic_databases;
mod firmware;
mod hostile;
mod hostile_servers;
mod http;
mod identity_providers;
mod import;
mod lab;
mod mail;
mod mail_outside;
mod matrix;
mod matrix_rows;
mod metrics;
mod mosquitto;
mod mosquitto_clients;
mod mqtt_bytes;
mod mqtt_limits;
mod mqtts;
mod openapi;
mod operations;
mod ota;
mod outside;
mod payments;
mod process;
mod push;
mod roles;
mod serving;
mod sim_wire;
mod slack;
mod spaceapi;
mod stories;
mod system;
mod take_over;
mod training;
mod user_directory;
mod verify;
mod watching;
mod webhooks;

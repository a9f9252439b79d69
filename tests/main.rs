//! Integration tests, one module per subject: `cargo test --test all incremental::` runs one of them.
//!
//! They are one binary, because linking the library for each of them took longer than running them.

mod common;

mod architecture;
mod browse;
mod care;
mod cli;
mod collections;
mod copies;
mod crash;
mod damage;
mod explain;
mod faults;
mod folders;
mod formats;
mod hostile;
mod incremental;
mod kept;
mod languages;
mod outputs;
mod passages;
mod places;
mod queries;
mod ranking;
mod reading;
mod readme;
mod recipes;
mod terminal;
mod views;

//! The checker.

pub mod analysis;
pub mod atom;
pub mod case;
pub mod components;
pub mod cycles;
mod edn_form;
pub mod elements;
pub mod explain;
mod form;
pub mod graph;
pub mod history;
pub mod ingest;
mod json_form;
pub mod list_append;
pub mod models;
pub mod registers;
pub mod search;
mod version_order;

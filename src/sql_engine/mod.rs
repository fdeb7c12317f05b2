//! The DataFusion session and what Trailhound adds to it.

pub mod functions;
pub mod tables;

//! The core for the page: converts and forwards, decides nothing.

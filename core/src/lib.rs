//! Isolab's core: transactions without I/O.

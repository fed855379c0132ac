//! The client of the Grid API.

//! What the work reports while it goes on. Pure.

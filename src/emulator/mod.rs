//! A stand-in for Grid over HTTP on loopback. Shares no code with the client.

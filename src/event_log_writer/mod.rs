//! Writes EVTX files: the encoder behind the example logs, the tests and the benches.

package dev.stele.interleave;

/// A lock that a task holds.
///
/// @param alone whether nobody else may hold it meanwhile
record HeldLock(Object lock, boolean alone) {
}

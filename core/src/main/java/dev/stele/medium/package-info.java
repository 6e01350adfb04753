/// One mapped region of bytes that may survive, and the verbs that change it.
///
/// [Media] opens and creates; [MemoryMedium], [FsdaxMedium], [DevdaxMedium] and [ImageMedium] are the kinds; [View] has
/// the verbs. A store goes through a verb or, for a mapping of a file's data, straight to the segment.
/// [SimulatedDisk] is what an image file stands on where its power is to be cut.
///
/// Guarantees:
///
/// - **I1** Every store through a verb is counted ([PersistenceCounters]) and, on an image file, noted in [DirtyPages]
///   before it happens.
/// - **I2** A medium says what it can promise: [Medium#granularity()], [Medium#isDurable()]; nothing is claimed that
///   was not tried (MAP_SYNC) or is not known (a file on tmpfs).
/// - **I3** Of an image file the operating system never sees a metadata page before a checkpoint that holds it is
///   durable elsewhere in the same file ([Checkpoint]).
/// - **I4** A store that a verb lets pass has space underneath: running out is an exception, not a signal.
/// - **I5** A file under a medium has one owner: one process writing or several reading.
///
/// Relies on: the caller to stop all operations around [Medium#close()], around [Medium#beginCheckpoint()], and around
/// [Medium#grow] of an image file; the kernel to give back `flock(2)` locks of a process that ended.
///
/// Lock order (each is a leaf of the one above it):
///
///     ImageMedium, checkpoint monitor
///       Reservation, chunk monitor
///         PersistenceCounters, registry
package dev.stele.medium;

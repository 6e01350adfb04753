/// The `java.nio.file` door: everything `java.nio.file.Files`, `FileChannel` and `AsynchronousFileChannel` can do,
/// on a [dev.stele.volume.Volume], with POSIX meaning and the exceptions of the JDK's own provider.
///
/// ## What it guarantees
///
/// - N1 Names are bytes. What a directory holds comes back byte for byte, as a path, as a `String` and as a URI.
/// - N2 Every failure leaves through one translator, [Failure], with the name by which the caller called the file.
/// - N3 A channel is its file, not its name: renamed or unlinked, the file stays until the last channel closes.
/// - N4 No operation touches a volume that is closed or a file that is released: a [Gate] stands before each, and who
///   closes waits until everybody inside has left.
/// - N5 Positional reads and writes share nothing but the file: they take no lock of the channel.
/// - N6 Only native memory reaches the volume; what a heap buffer holds is copied through native scratch once.
/// - N7 A path is walked by [Resolver] alone, and each of its names leads where it leads when the walk begins, or
///   later: a walk on which a directory's number may have become another's ([Walk]) is taken again, and what an earlier
///   walk has found ([Stem]) counts only where no directory on its way was removed or moved since. A walk that meets no
///   symbolic link allocates nothing but a note of its way, one for each directory that paths lead to until one on its
///   way goes.
///
/// ## Lock order
///
/// Outermost first: `AbstractInterruptibleChannel`'s close lock, a channel's position lock, a gate (a counter, never
/// held while waiting for any of the others), the volume's own locks. The lists of watch keys and of file locks are
/// leaves: nothing else is taken under them.
package dev.stele.nio;

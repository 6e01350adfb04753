/// What can go wrong, as values. [Errno] names an outcome, [VolumeException] carries it to the caller without a stack
/// or a path, [CorruptionException] says where the medium is damaged. Programmer errors are assertions and
/// `IllegalStateException`; they are not here.
package dev.stele.error;

/// A medium that can lose its power: persistent memory in ordinary memory, with exact knowledge of what each cache line
/// would hold afterwards. [SimMedium] is the medium, [PowerCuts] cuts its power at every point of a program, in every
/// way that matters, and has somebody look at what is left. [WindowedMedium] is another kind of device: only a window
/// of it can be seen at a time, its files cannot be mapped, and a cache that is not invalidated shows what is no longer
/// there ([ApertureDevice] has its model). It may stand on a [SimMedium], whose power is then the one that is cut.
///
/// [DiskCuts] does for image files, on a [dev.stele.medium.SimulatedDisk], what [PowerCuts] does for lines.
///
/// The model, per line of 64 bytes:
///
/// - M1. A store through a verb is one event per aligned word it changes. Events of ordinary stores to one line become
///   durable in program order: a cut leaves any prefix of them. Different lines know no order.
/// - M2. Words that were streamed, and words stored directly to the segment (a mapped file), are *loose*: a cut leaves
///   any subset of them, whatever else it leaves of the line.
/// - M3. A flush takes the content at the time of the flush; a drain makes durable what **its own thread** has flushed
///   or streamed before, and nothing of any other thread. What another thread streamed stays in that thread's buffers
///   even when somebody flushes the line.
/// - M4. With granularity BYTE caches are persistent: a cut leaves a prefix of all stores in program order.
/// - M5. A cache may write back a dirty line at any time by itself; that is why a line without flush may also be new.
///
/// Flushes that no program needs are counted by reason ([FlushWaste]): they cost time and change nothing.
///
/// Where a real machine does less harm than this (a word of 16 bytes is often whole, streamed lines mostly go in one
/// piece), the model keeps to what is guaranteed.
///
/// [PowerCuts#lazy] leaves open what is left of a line until somebody reads it ([LazyCut], run by run: [LazyRun]);
/// recovery and check must be woven to tell of their loads ([Loads]):
///
/// - M6. A run stands for every image that agrees with it in what was read. A checksum that was found wrong is wrong
///   for all contents that never stood there together.
///
/// Stores to the segment itself are seen by comparison, at the next verb that touches their line and at every cut:
/// values that came and went in between are not known.
///
/// Lines that cannot be read ([SimMedium#poison]): a verb that meets one fails, and a load from its page through the
/// segment is a signal, which the JVM makes an `InternalError` of. Loads through mappings of files do not notice.
///
/// Relies on: nobody storing to the segment while a cut is being explored.
///
/// Lock order: the lock of an [Aperture] is held through every verb that uses its window; below it the monitor of
/// [SimMedium], which is held through every verb and through the exploration of a cut; below it the monitor of the
/// medium on which a cut image stands.
package dev.stele.medium.sim;

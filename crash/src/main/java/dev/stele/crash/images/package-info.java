/// Bad images: a dozen small whole volumes ([Corpus]) are damaged in memory, and a judge ([Examiner]) sees what check,
/// repair and a volume make of each.
///
/// What is done ([Injuries]), by number, so that one image can be had again: every field of every structure that a
/// whole image holds, by every [Verb], once as it is and once with its checksum made right; every block zeroed, stale,
/// doubled, swapped, noise in whole and in part; and several of all these at once, at random. Fields come from the
/// layouts of `format`, and so does a new one.
///
/// Conventions: a *word of no checksum* is one of a bitmap, a slot of the orphan table, the tail of the log, and every
/// byte of a file's blocks. What a *log* says that is damaged is that of another moment, and is not compared.
///
/// What is required of each image (P7):
///
/// - B1. Every answer is a value or a `VolumeException` with a message; no other exception, no failed assertion.
/// - B2. An image takes less than a second of a processor, and less than 64 MiB of memory.
/// - B3. What a checksum covers is never given out when it is wrong: what was damaged and not made right again is told
///   by the check, and everything that can be read is as it was, but for bytes in a file's own blocks. Damaged words
///   of no checksum mislead nobody who only reads.
/// - B4. Where the check finds nothing, the volume opens, shows everything, can be used, and the check finds nothing
///   after that.
/// - B5. Where it finds something, the repair mends it, unless no superblock is left or no room; then B4 holds. Every
///   inode no byte of which was damaged is there with its bytes and attributes, and under its name where no byte of
///   the directories on the way was damaged.
/// - B6. A medium that is open for reading only gets no store, and the check stores nothing.
///
/// Images whose number is listed (fields and blocks) go through all of it, random ones by turns through check, repair
/// and use, or through being opened, read and used as they are. One image in eight is used in many places and checked
/// again after that, the others in three. Half of those that have no log are opened for reading only.
///
/// Threads: each worker has images and a judge of its own; [ImageCampaign] alone is shared, and a watchdog looks on.
package dev.stele.crash.images;

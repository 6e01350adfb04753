/// fsck: judges a volume by its format alone, and mends it.
///
/// [Check#run] looks at a medium and changes nothing; [Check#repair] makes it consistent. Both share only the layouts
/// and checksums of `format` with the code that writes volumes, none of its logic: names are hashed, trees walked and
/// the journal read by code of their own. They look at the volume as it will be when the journal's records have been
/// repeated, without repeating them: a block is copied out and the records are applied to the copy.
///
/// Passes: superblocks and journal; inodes, their trees and extents; orphan table; directories; links and
/// reachability; bitmaps. Deterministic in what they find and in its order.
///
/// Conventions: a directory has 2 links and one for each subdirectory; it names its parent in `device`, the root
/// itself; its size is the bytes of its directory blocks. Inodes without a name must be in the orphan table. Extents
/// behind the end of a file are legal. Times are what somebody set: any value.
///
/// Invariants:
///
/// - K1. No byte of the medium makes a pass throw, recurse or loop: levels only go down, a block is gone into once, a
///   chain ends at a claimed block, counts are cut to what fits.
/// - K2. Memory is a few bytes for each inode, one bit for each block of groups in use, and what one directory or
///   file under repair needs; findings are cut at [Report#MAX_FINDINGS].
/// - K3. A block belongs to who it says it belongs to (`owner`, inode block) before it belongs to who points at it.
/// - K4. Repair stores nothing to a block that something claims but words of inodes, slots and bitmaps; what it
///   writes anew goes to blocks that are nobody's and is published by one record.
/// - K5. Repair keeps every inode that is whole: what loses its name gets one in `lost+found`.
///
/// Uses format, medium and journal. Not thread-safe: nobody else may have the volume open.
package dev.stele.check;

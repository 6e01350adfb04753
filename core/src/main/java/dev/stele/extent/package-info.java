/// Block maps of files: a tree ([dev.stele.tree.Tree]) whose keys are block numbers within the file and whose values
/// are runs of blocks on the medium ([dev.stele.format.Run]). What no run covers is a hole.
///
/// Relies on: who changes a file's extents holds its inode's lock; [dev.stele.space.Space] makes freed blocks available
/// only after the transaction. No lock of its own.
///
/// Invariants:
///
/// - E1. Runs of a file do not overlap in the file, end at or before block 2^51, and name blocks that files may have.
///   This is checked whenever one is read, before it is believed.
/// - E2. A change leaves no two runs side by side of which the second continues the first, unless another change found
///   them so and did not touch them.
/// - E3. `blockCount` of the inode counts the blocks of all runs, written or not, and of the tree.
/// - E4. What a change frees stays allocated until its transaction is durable.
/// - E5. Removing never needs a block, but for a hole in the middle of a run.
package dev.stele.extent;

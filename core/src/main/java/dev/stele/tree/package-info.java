/// B+trees on the medium, copied on write, each rooted in an inode: block maps of files and indexes of directories.
///
/// Relies on: who changes a tree holds its inode's lock; [dev.stele.journal.Transaction] makes the change happen
/// whole; [dev.stele.space.Space] gives blocks and remembers which were checked since the volume was opened. No lock
/// of its own.
///
/// Invariants:
///
/// - I1. All leaves are on level 0; a child is one level below its parent; the root, in the inode, is `rootDepth`
///   levels above the leaves. No node is empty, and a tree without entries owns no node.
/// - I2. Keys ascend strictly, unsigned, within each node and from each node to its right neighbour.
/// - I3. The children of a node divide its keys among them without a gap: the key of a node's first pointer is the
///   least key that the node itself may hold, and in the root it is 0. A search finds its child on every level.
/// - I4. A node that anything durable refers to is changed by way of the log only: words of it, or, where the volume
///   is full, all of it. Every other change makes new nodes in blocks that nothing refers to.
/// - I5. A node is believed when its block can be a node's, and magic, checksum, self-reference, owner, level, count,
///   order and bounds of its keys are right. Checksum and order are looked at once after the volume was opened, the
///   header each time, the bounds each time before anything is changed. So no cycle and no block in two places leads
///   further than the height of the tree, or a change astray.
/// - I6. `blockCount` of the inode counts the tree's nodes.
/// - I7. Where at most 8 entries are left the last change puts them into the root, unless they lie far apart and the
///   change touched only one of them; a node with less than a quarter of its entries is joined with its neighbours
///   when it is touched.
package dev.stele.tree;

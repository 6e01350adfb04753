package dev.stele.crash;

/// A volume between two steps: what it should be, and what was seen of it while it was open.
///
/// @param mapped inode of a file that is mapped, 0 for none
record Moment(Tree tree, TreeDigest digest, long mapped) {
    static Moment of(Stage stage) {
        TreeDigest digest = new TreeDigest();
        digest.take(stage.volume, new long[0]);
        return new Moment(stage.tree.copy(), digest, stage.mappedInode());
    }
}

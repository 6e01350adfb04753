package dev.stele.crash;

/// A volume between two steps: what it should be, and what was seen of it while it was open.
record Moment(Tree tree, TreeDigest digest) {
    static Moment of(Stage stage) {
        TreeDigest digest = new TreeDigest();
        digest.take(stage.volume, new long[0]);
        return new Moment(stage.tree.copy(), digest);
    }
}

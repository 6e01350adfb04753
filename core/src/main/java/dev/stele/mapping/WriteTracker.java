package dev.stele.mapping;

/// Notices the stores made through one mapping. Pages are indices in the mapping.
///
/// All calls are made under the lock of the file's [Mappings], which is held until what a visitor was told is in the
/// index of dirty pages: nobody finds a page neither here nor there.
interface WriteTracker {
    /// Calls the visitor for every page of the range that was, or may have been, stored to since it was last harvested.
    /// Destructive: a page is told once for all stores before the call.
    void harvest(long page, long count, Mappings.RangeVisitor visitor);

    /// Pages show something else since a moment ago, and whatever was known of them has gone with what they showed:
    /// calls the visitor for those that may have been stored to since.
    void replaced(long page, long count, Mappings.RangeVisitor visitor);

    /// What this does, at the moment.
    Tracking tracking();
}

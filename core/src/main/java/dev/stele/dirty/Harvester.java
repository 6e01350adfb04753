package dev.stele.dirty;

/// Knows which pages were stored to through mappings, behind the back of the index.
public interface Harvester {
    /// For a file that nobody maps.
    Harvester NONE = (firstPage, pageCount, index) -> { };

    /// Marks every page of the range that was stored to since it was last harvested. Destructive: it may forget at once
    /// what it has marked. Calls for one index never overlap, because a second one that found nothing left would
    /// otherwise return before the first has marked what it took.
    void harvest(long firstPage, long pageCount, DirtyIndex index);
}

package dev.stele.crash.images;

/// How a worker's images fared.
final class Counts {
    long images;
    /// The check found nothing, and nothing was wrong.
    long clean;
    long repaired;
    /// Not repaired: no superblock was left, or no room.
    long unrepaired;
    /// Opened as they were.
    long opened;
    long refusedAtOpen;
    long refusedAtUse;

    void add(Counts other) {
        images += other.images;
        clean += other.clean;
        repaired += other.repaired;
        unrepaired += other.unrepaired;
        opened += other.opened;
        refusedAtOpen += other.refusedAtOpen;
        refusedAtUse += other.refusedAtUse;
    }
}

package dev.stele.crash.faults;

import java.util.Locale;

/// What goes wrong, at the n-th place.
public enum FaultKind {
    /// The medium fails once.
    ONCE,
    /// The medium fails from then on.
    LASTING,
    /// The medium fails from then on, and again at some places of the recovery that follows.
    TWICE,
    /// The thread is interrupted.
    INTERRUPT,
    /// The operation was carried out, and the medium fails once while what a power cut left of it recovers.
    RECOVERY,
    /// The operation was carried out, and the medium fails from then on while the volume is closed.
    CLOSE,
    /// The volume that the operation left is damaged, and the medium fails once while it is repaired.
    REPAIR,
    /// n blocks are free.
    FULL;

    /// The word for it in a replay string.
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package dev.stele.check;

/// How bad a finding is.
public enum Severity {
    /// Nothing is wrong: something worth knowing.
    INFO,
    /// The volume contradicts itself, but what is right can be told from the rest: repair loses nothing.
    REPAIRABLE,
    /// Something stored is gone or cannot be trusted; repair makes the volume consistent without it.
    LOSS
}

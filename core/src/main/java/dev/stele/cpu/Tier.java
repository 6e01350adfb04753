package dev.stele.cpu;

/// By which means cache lines are sent to memory, best first.
public enum Tier {
    /// Machine code in an executable page.
    CODE,
    /// The write-back intrinsic inside the JDK, where it is exported to us.
    JDK,
    /// No means: a medium that needs it is refused.
    NONE
}

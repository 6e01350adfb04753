package dev.stele.cpu;

/// Keeps what one thread stores to apart from what another does. Where objects were made says nothing of where they
/// are: the collector puts those of several threads side by side, and a word that one processor stores to costs the
/// other, where it only reads another of the same line, some tens of nanoseconds. So for what each thread has one of
/// and stores to in every operation.
///
/// The fields of a class that extends this one begin two cache lines behind any other object, for processors fetch
/// lines in pairs. A final subclass of it with as many fields of its own keeps apart what is behind, which only that
/// can: Java puts the fields of a subclass behind those of the class.
public abstract class Apart {
    /// Fills what alignment would leave free, where a subclass's fields would go.
    private int gap;
    private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;
}

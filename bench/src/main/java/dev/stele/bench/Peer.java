package dev.stele.bench;

/// Names of what Stele is measured beside.
final class Peer {
    static final String JDK_TMPFS = "jdk-tmpfs";
    static final String JDK_EXT4 = "jdk-ext4";
    static final String JIMFS = "jimfs";
    static final String MEMORY_FILE_SYSTEM = "memoryfilesystem";
    /// A loop in C around libpmem's function.
    static final String LIBPMEM = "libpmem";
    /// The same function called from Java.
    static final String LIBPMEM_FFM = "libpmem-ffm";
    /// A mapping of a file on tmpfs, with huge pages.
    static final String RAW_MEMORY = "raw-memory";
    /// A sync that knows nothing and flushes the whole mapping.
    static final String FLUSH_EVERYTHING = "flush-everything";
    /// Stele under the condition that the row names.
    static final String SELF = "self";

    private Peer() {
    }
}

package dev.stele.cpu;

/// How much must be pushed, and by whom, before a store is durable; the words of libpmem2.
public enum Granularity {
    /// Caches are persistent, or nothing is: a store is as durable as it will ever be. Flush is nothing.
    BYTE,
    /// A store is durable once its cache line was flushed and a drain followed.
    CACHE_LINE,
    /// Only the operating system can make a store durable, whole pages at a time.
    PAGE
}

/// The machine underneath: the only package that leaves Java.
///
/// [Native] offers what the Linux kernel offers (mapping, files, locks), [Mapping] is a mapped range as a segment,
/// [AddressSpace] tells what lies at an address, and [CacheLines] sends cache lines on their way: flush, drain, both in
/// one, non-temporal copy and fill, in three tiers chosen once at start and reported by [CacheLines#report()]: machine
/// code in an executable page, the JDK's own write-back, none. To invalidate lines, so that memory that changed
/// underneath is read again, is a primitive of its own, which only machine code has.
///
/// A range that may be unmapped by another thread is held while a routine is at work on it, or has a [Lifetime], which
/// ends before it is unmapped.
///
/// Guarantees:
///
/// - **I1** No machine code is entered with a range that its caller has not checked against a live segment.
/// - **I2** Every tier does the same; one contract test runs on each.
/// - **I3** A code page is never writable and executable at the same time.
/// - **I4** What cannot be made durable is refused by name: a processor without a tier has no granularity CACHE_LINE.
///
/// Relies on: Linux on x86-64 or aarch64 for the system calls; the caller to have stopped all stores through a mapping
/// before it unmaps it; HotSpot, which enters no safepoint in a critical call and has every thread pass one where a
/// shared arena is closed ([Lifetime]). There are no locks here.
package dev.stele.cpu;

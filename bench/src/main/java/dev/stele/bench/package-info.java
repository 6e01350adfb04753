/// The benchmark: every promise as a ratio against what a user would pick instead, taken in one run.
///
/// [Plan] names everything that is measured, [Bed] is the memory, the volume and the peers it is measured on, [Race] is
/// how. `docs/measuring.md` explains the method for who reads the figures.
///
/// Guarantees:
/// - (M1) A time is never compared with one of another run. In a race all contenders take turns in slices of about a
///   millisecond, in an order shuffled anew for each round, and a ratio is formed from the two slices of one round.
/// - (M2) Each contender runs its own copy of the work's code ([OwnCode]), so that one's profile spoils no other's.
/// - (M3) Nothing is timed before the compiler has come to rest, or a bound is reached. Least bounds are
///   operations, so that a machine with other work makes a run longer and not its figures worse.
/// - (M4) Every work checks what it did ([WrongResult]); nothing it computes can be thrown away by the compiler.
/// - (M5) Fences, lines, streamed and allocated bytes are counted around the same slices that are timed.
/// - (M6) Nothing is left behind: files, mounts and loop devices go with the [Bed], also on an interrupt.
/// - (M7) A slice that waited for a processor or a compiler, or after which one of its threads had less than a core, is
///   taken again, as long as there are not too many of them. A round in which one remains so is left out for all
///   contenders, as long as there are some others.
///
/// Nothing depends on this package. It uses the public doors of Stele, and what the peers offer in public.
package dev.stele.bench;

/// Where a nanosecond matters: JMH, each benchmark by itself in JVMs of its own, with its own statistics and, by
/// its profiler, what is allocated. Started by `stele bench --jmh`.
///
/// The races of [dev.stele.bench] say how many times as fast; contenders share a JVM and take turns there. This is
/// the control that needs no turns: it shows what a JVM that does nothing else makes of the same operation. Its
/// times are not compared with those of the races, and no goal is judged by them.
///
/// Guarantees:
/// - (N1) Every benchmark checks what it did, and ends its run with an error where it did something else.
/// - (N2) Nothing is left in `/dev/shm` by a run that comes to its end.
package dev.stele.bench.jmh;

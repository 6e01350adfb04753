/// Crash tests for JUnit: a workload on simulated persistent memory, on a file mapped from it or on a Stele volume,
/// during which the power is cut at every point that matters, in every way that matters, and what is left is recovered
/// and judged. [CrashTest] is where to begin.
///
/// Guarantees:
///
/// - G1. A state that is tried is one that the chosen [Model] allows at that point: a failure is never an artefact of
///   what the lab does with the image.
/// - G2. At a point said to be *exhaustive* every state that the model allows was tried, or one with the same bytes and
///   an equal [Crash]; *exhaustive by whole lines*: every combination of lines as last seen and lines as last durable.
/// - G3. The same program gives the same points and states each time, and a replay string the same failure, as far as
///   the program itself is deterministic. The seed is fixed unless it is set.
/// - G4. What a failure calls lost is small: of those stores none could be left out without the state becoming
///   acceptable, as far as the number of tries went.
///
/// Points are: every drain, before it takes effect (what it leaves is among what could be left before it); every
/// return of a step; every point the workload names; the return of the workload; every drain and the return of a
/// recovery. Of a point with many states the recoveries from 64 are cut, spread over them all, and there with half the
/// `exhaustiveLines` and a tenth of the `samples`.
///
/// Blind spots, where less is tried than a machine could do:
///
/// - B1. Plain stores are seen by comparison at flushes, drains, returns of steps and named points. A value that came
///   and went between two of these is not known, nor is a word that was set and set back.
/// - B2. Where threads store while another flushes, the comparison may see their stores a little early or late. Steps
///   may run on several threads; the schedule is the machine's and is not explored.
/// - B3. What only the kernel is asked to make durable stays lost: `force` of the JDK's segments, buffers and channels
///   on mapped memory is not seen. On a volume use [dev.stele.api.DaxMapping#force()], on memory
///   [dev.stele.api.PersistentMemory#persist]. `FileChannel.force` of a file on a volume is seen.
/// - B4. Loads are not seen: a program that reads before it is durable what another thread stored, and acts on it, is
///   caught only where a state betrays it.
/// - B5. With more choices than `exhaustiveLines` allow, the last line of the run says what was sampled and with which
///   bound.
///
/// Relies on: the workload storing to the medium it was given; checks that depend on the medium and their [Crash]
/// alone.
///
/// Locks: the monitor of the medium is held while something that happens to it is written down; below it that of the
/// workload's steps.
package dev.stele.crash.junit;

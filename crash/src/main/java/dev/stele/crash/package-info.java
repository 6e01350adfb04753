/// The crash lab: every power cut of every short sequence of operations on a simulated medium, and a judge of what
/// recovery makes of each.
///
/// [Campaign] has the operations of [Operations] run one, two or three in a row from the volumes of [Start], as [Plan]
/// says; single ones under each strategy of syncing. Each workload runs twice: first whole, beside a reference ([Tree])
/// that it must agree with after every step, then with the power cut before and after every drain and after every step
/// of its last operation ([dev.stele.medium.sim.PowerCuts] chooses what is left). [Judge] holds each recovered
/// volume against what is [Allowed]:
///
/// - I1. While a step runs, the volume is as before or as after it; once it returned, as after it.
/// - I2. A word of a file that was not durable holds any value it had since it last was; every other word, and every
///   attribute, is exact. Times of change are excepted while they are kept in memory by design. A word is durable when
///   a sync of its range returned, when the program has flushed it through a mapping and drained, and with the strategy
///   IMMEDIATE when the write returned; with VOLUME any sync will do.
/// - I3. The check finds nothing. The volume counts as many free blocks as the check does.
/// - I4. Recovery is idempotent, the volume open before the cut and the one opened after it agree, and it can be used.
/// - I5. When a step returns, every line nobody flushed belongs to a file that waits for a sync; every word not
///   drained, too, or a durable record of the log has it ([Trace]).
/// - I6. No line is flushed to no avail, but for reasons that are known ([Flushes]).
///
/// Image files have a lab of their own ([PageLab]): a disk that may have brought any sector to itself at any time
/// between syncs, and one oracle instead of I1 and I2:
///
/// - I7. The volume is as a checkpoint kept it that was complete, or the one under way, exactly; after a sync, as then.
///   A word stored to in place since holds any value it had since.
///
/// What is not looked at: two threads at once (another harness drives those), loads of damaged lines.
///
/// Threads: each worker has media and a judge of its own; [Campaign] alone is shared.
package dev.stele.crash;

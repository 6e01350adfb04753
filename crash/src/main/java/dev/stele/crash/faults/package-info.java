/// Faults: the n-th operation of the medium fails, for every n, in every operation of the campaign, in recovery, in
/// closing, in repair; the volume has n blocks left; the thread is interrupted. [FaultCampaign] runs them all.
///
/// After each fault ([FaultTrial]):
///
/// - F1. What failed says so by a `VolumeException` with one line of text; nothing else is thrown.
/// - F2. The volume goes on, as before the operation or as after it, with as many free blocks; or it has turned itself
///   read-only and says why.
/// - F3. Nothing is held: another thread's operation comes to an end, while the medium still fails and after it healed.
/// - F4. What a power cut would leave now, and what the end of the process would, recovers to the volume before the
///   operation or after it, and the check finds nothing; where the operation returned, to the volume after it.
/// - F5. An interrupt changes nothing but the thread's flag, which is kept.
///
/// Threads: each worker has volumes of its own; [FaultCampaign] alone is shared.
package dev.stele.crash.faults;

/// What is loaded together with the woven core: the switch its sites ask, and the scenarios that use it.
///
/// - I1. One mutant is on at a time, for all threads; it is turned between scenarios only.
/// - I2. A scenario runs in a thread of its own, so that nothing a mutant leaves in a thread outlives it.
package dev.stele.crash.mutants.inside;

/// The tester tested: every call in the core that stores, flushes, drains or publishes is changed in turn, and the
/// crash lab must notice.
///
/// [Sites] finds the calls in the class files, [SiteWeaver] puts a switch into each, [MutantLoader] loads the core so
/// woven, with the lab and the `inside` package beside it. [MutantRun] turns on one mutant after the other and runs the
/// scenarios that reach its site, cheap ones first, until one notices.
///
/// - I1. With every switch off, each scenario passes: a scenario that does not is never counted as a kill.
/// - I2. The order of mutants and scenarios, and everything random, follows from the seed; no time is looked at but to
///   end what hangs.
/// - I3. A mutant counts as survived unless a scenario fails; those that are let live are listed with a reason
///   ([Kept]), and a reason for a site that is not there is an error.
package dev.stele.crash.mutants;

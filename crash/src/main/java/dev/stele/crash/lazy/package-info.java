/// Exploration by what recovery reads: at a point with too many images to try each, nothing is chosen before somebody
/// loads it ([dev.stele.medium.sim.PowerCuts#lazy]). For that the core and the lab are loaded once more, woven
/// ([LoadWeaver], [WovenLoader]) so that every load tells of itself ([dev.stele.medium.sim.Loads]).
///
/// Choosing at the first read, and running recovery anew for each choice, is from Jaaru (Gorjiara, Xu, Demsky: *Jaaru:
/// Efficiently Model Checking Persistent Memory Programs*, ASPLOS 2021); that only what recovery reads matters, from
/// Vinter (Kalbfleisch, Werling, Bellosa, ATC 2022), which asks one image for what is read; all orders between two
/// fences, from Yat (Lantz et al., ATC 2014). New here: a checksum is one choice, and words that the judge looks at one
/// by one are none.
///
/// - I1. A load that would not be noticed is an error when its class is loaded.
/// - I2. Every image belongs to a run, whose outcome is its own; but for bytes that have the checksum of others (one in
///   2^32).
/// - I3. The order of runs follows from the program alone. What reads something else when it is run again is an error.
package dev.stele.crash.lazy;

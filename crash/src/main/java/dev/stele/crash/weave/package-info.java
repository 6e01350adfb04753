/// Classes loaded once more, rewritten on the way: what [dev.stele.crash.lazy] and [dev.stele.crash.mutants] have in
/// common. Uses no other package of Stele, so that both may use it.
///
/// - I1. A class of Stele is either rewritten, in each loader anew, or shared by all loaders: the choice depends on its
///   name alone, so that no two of them mix.
package dev.stele.crash.weave;

/// What runs where memory really is persistent, or an emulator says so: `integration/run` boots a guest, starts [Guest]
/// in it, kills the guest, and lets [Verifier] look at what is left. An ordinary test run only shows that it would see.
package dev.stele.realdax;

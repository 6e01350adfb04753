package dev.stele.crash.faults;

/// Something that a fault may not lead to.
///
/// @param operation in words
/// @param place for [FaultCampaign#replay]
/// @param message what is wrong
public record FaultViolation(String operation, FaultPlace place, String message) {
}

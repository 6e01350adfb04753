package dev.stele.crash;

/// Something that a power cut may not leave.
///
/// @param workload in words
/// @param message what is wrong, where the power was cut, and the smallest set of lost lines found
/// @param replay has the same cut again, alone: for [Campaign#replay]; empty where nothing was cut
public record Violation(String workload, String message, String replay) {
}

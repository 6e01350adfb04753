package dev.stele.crash.images;

/// Something that a damaged image must not bring about.
///
/// @param message what went wrong, and where
/// @param injury what was done to which image, in words
/// @param replay the same image again: for [ImageCampaign#replay]
/// @param likewise images on which the same went wrong
public record Defect(String message, String injury, String replay, long likewise) {
}

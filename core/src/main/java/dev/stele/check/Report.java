package dev.stele.check;

import java.util.List;

/// What a check found, and what became of it.
///
/// @param findings in the order of the passes, each pass ascending; at most [#MAX_FINDINGS]
/// @param suppressed findings beyond those
/// @param remaining what a check after the repair still found; the findings themselves where nothing was repaired
/// @param totals what was counted, after the repair if there was one
/// @param isRepair whether repair was asked for
/// @param obstacle why the volume could not be checked (or repaired) at all, empty where it could
public record Report(List<Finding> findings, long suppressed, List<Finding> remaining, Totals totals,
        boolean isRepair, String obstacle) {
    public static final int MAX_FINDINGS = 10_000;

    /// Counts of what the volume holds.
    ///
    /// @param sizeBytes sum of the sizes of regular files
    public record Totals(long inodes, long directories, long files, long symlinks, long extents, long orphans,
            long usedBlocks, long freeBlocks, long sizeBytes) {
        static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    public Report {
        findings = List.copyOf(findings);
        remaining = List.copyOf(remaining);
    }

    /// Whether nothing is wrong now.
    public boolean isClean() {
        return obstacle.isEmpty() && remaining.stream().allMatch(finding -> finding.severity() == Severity.INFO);
    }

    /// As `e2fsck(8)`: 0 nothing was wrong, 1 everything was corrected, 4 something is left uncorrected, 8 the check
    /// could not be done.
    public int exitCode() {
        if (!obstacle.isEmpty()) {
            return 8;
        }
        if (!isClean()) {
            return 4;
        }
        return findings.stream().allMatch(finding -> finding.severity() == Severity.INFO) ? 0 : 1;
    }

    /// One JSON object.
    public String toJson() {
        return new Json().object()
                .put("clean", isClean())
                .put("exitCode", exitCode())
                .put("obstacle", obstacle)
                .put("repair", isRepair)
                .key("totals").object()
                .put("inodes", totals.inodes).put("directories", totals.directories).put("files", totals.files)
                .put("symlinks", totals.symlinks).put("extents", totals.extents).put("orphans", totals.orphans)
                .put("usedBlocks", totals.usedBlocks).put("freeBlocks", totals.freeBlocks)
                .put("sizeBytes", totals.sizeBytes).end()
                .key("findings").findings(findings)
                .put("suppressed", suppressed)
                .key("remaining").findings(remaining)
                .end().toString();
    }
}

package dev.stele.check;

import java.util.ArrayList;
import java.util.List;

/// Collects findings, and no more of them than a person or a program would read.
final class Findings {
    private final List<Finding> list = new ArrayList<>();
    private long suppressed;
    private long problems;

    void add(Finding finding) {
        if (finding.severity() != Severity.INFO) {
            problems++;
        }
        if (list.size() < Report.MAX_FINDINGS) {
            list.add(finding);
        } else {
            suppressed++;
        }
    }

    void damage(Severity severity, String struct, long at, String expected, Object found) {
        add(new Finding.Damage(severity, struct, at, expected, String.valueOf(found)));
    }

    void loss(String struct, long at, String expected, Object found) {
        damage(Severity.LOSS, struct, at, expected, found);
    }

    void repairable(String struct, long at, String expected, Object found) {
        damage(Severity.REPAIRABLE, struct, at, expected, found);
    }

    List<Finding> list() {
        return list;
    }

    long suppressed() {
        return suppressed;
    }

    /// Findings so far that are more than information.
    long problems() {
        return problems;
    }
}

package dev.stele.cli;

import picocli.CommandLine.Option;

/// `--workers` of a campaign.
final class Workers {
    @Option(names = "--workers", paramLabel = "COUNT", defaultValue = "0",
            description = "Threads; by default one for each processor.")
    private int wanted;

    boolean isNegative() {
        return wanted < 0;
    }

    int count() {
        return wanted == 0 ? Runtime.getRuntime().availableProcessors() : wanted;
    }
}

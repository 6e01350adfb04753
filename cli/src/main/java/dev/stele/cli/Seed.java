package dev.stele.cli;

import picocli.CommandLine.Option;

/// `--seed` of a campaign.
final class Seed {
    @Option(names = "--seed", paramLabel = "S", defaultValue = "1",
            description = "Start of all that is random; by default ${DEFAULT-VALUE}.")
    private long value;

    long value() {
        return value;
    }
}

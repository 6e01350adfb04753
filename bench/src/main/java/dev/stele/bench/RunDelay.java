package dev.stele.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How long a thread could have run and had no processor, as the kernel counts it.
final class RunDelay {
    /// Nanoseconds on a processor, nanoseconds waiting for one, how often it got one.
    private static final Path OF_THIS_THREAD = Path.of("/proc/thread-self/schedstat");
    private static final int WAITED = 1;

    private RunDelay() {
    }

    /// Of the calling thread, since it started; 0 where the kernel does not count it.
    static long nanos() {
        try {
            return nanos(Files.readString(OF_THIS_THREAD));
        } catch (IOException notCounted) {
            return 0;
        }
    }

    static long nanos(String schedstat) {
        String[] figures = schedstat.strip().split(" ");
        return figures.length > WAITED ? Long.parseLong(figures[WAITED]) : 0;
    }
}

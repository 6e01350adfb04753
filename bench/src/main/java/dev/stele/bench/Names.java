package dev.stele.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Paths that are made once, so that no benchmark times the making of strings.
final class Names {
    private Names() {
    }

    static Path[] in(Path directory, String prefix, int count) {
        Path[] paths = new Path[count];
        for (int i = 0; i < count; i++) {
            paths[i] = directory.resolve(prefix + i);
        }
        return paths;
    }

    static void createAll(Path[] files) throws IOException {
        for (Path each : files) {
            Files.createFile(each);
        }
    }
}

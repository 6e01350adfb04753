package dev.stele.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Paths that are made once, so that no benchmark times the making of strings, and trees of empty files.
final class Names {
    private static final int FILES_PER_DIRECTORY = 1000;

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

    /// Makes so many empty files, a thousand in each directory.
    ///
    /// @param root is there, and empty
    static void createTree(Path root, int fileCount) throws IOException {
        for (int i = 0; i < fileCount; i++) {
            Path file = inTree(root, i);
            if (i % FILES_PER_DIRECTORY == 0) {
                Files.createDirectory(file.getParent());
            }
            Files.createFile(file);
        }
    }

    /// One of the files that [#createTree] makes.
    static Path inTree(Path root, int file) {
        return root.resolve(Integer.toString(file / FILES_PER_DIRECTORY)).resolve(Integer.toString(file));
    }
}

package dev.stele.model;

import dev.stele.node.FileType;
import dev.stele.node.Name;
import dev.stele.volume.Volume;
import java.util.ArrayList;
import java.util.List;

/// Helps with whole directory trees.
final class Trees {
    private Trees() {
    }

    /// Deletes a directory of the root and everything in it.
    static void delete(Volume volume, String top) {
        clear(volume, volume.lookup(volume.root(), Name.of(top)));
        volume.rmdir(volume.root(), Name.of(top));
    }

    private static void clear(Volume volume, long directory) {
        List<Runnable> removals = new ArrayList<>();
        volume.readDirectory(directory, 0, (name, inode, type, cookie) -> {
            removals.add(() -> {
                if (type == FileType.DIRECTORY.number()) {
                    clear(volume, inode);
                    volume.rmdir(directory, name);
                } else {
                    volume.unlink(directory, name);
                }
            });
            return true;
        });
        removals.forEach(Runnable::run);
    }
}

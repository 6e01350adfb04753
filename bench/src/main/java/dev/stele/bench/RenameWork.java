package dev.stele.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Gives files another name in their directory, to and fro, by `ATOMIC_MOVE`: one system call for a peer, and not the
/// several of a plain move.
final class RenameWork extends Work {
    private final Path[] here;
    private final Path[] there;
    private int next;
    private boolean isThere;

    RenameWork(Path directory, Integer fileCount) throws Exception {
        this.here = Names.in(directory, "here-", fileCount);
        this.there = Names.in(directory, "there-", fileCount);
        Names.createAll(here);
    }

    @Override
    void run(int operationCount) throws Exception {
        for (int i = 0; i < operationCount; i++) {
            if (next == here.length) {
                next = 0;
                isThere = !isThere;
            }
            if (isThere) {
                Files.move(there[next], here[next], StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.move(here[next], there[next], StandardCopyOption.ATOMIC_MOVE);
            }
            next++;
        }
    }

    @Override
    void check(int operationCount) {
        Path old = isThere ? there[next - 1] : here[next - 1];
        Path fresh = isThere ? here[next - 1] : there[next - 1];
        WrongResult.require(Files.exists(fresh) && Files.notExists(old), "a renamed file has its old name");
    }
}

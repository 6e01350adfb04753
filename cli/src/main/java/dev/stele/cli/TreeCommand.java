package dev.stele.cli;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "tree", header = "Show the tree below a directory in a volume.")
final class TreeCommand extends FileCommand {
    @Option(names = {"-L", "--level"}, paramLabel = "DEPTH", defaultValue = "2147483647",
            description = "Go no deeper than this.")
    private int maxDepth;

    @Parameters(paramLabel = "IMAGE:/PATH", converter = Operand.ToInside.class, description = "Where to start.")
    private Operand.Inside operand;

    private long directories;
    private long files;

    TreeCommand(Console console) {
        super(console);
    }

    /// One line still to print; a deep tree must not need a deep stack.
    ///
    /// @param indent what stands before the branch
    private record Pending(Path path, String indent, boolean isLast, int depth) {
        String branch() {
            return depth == 0 ? "" : indent + (isLast ? "└── " : "├── ");
        }

        String indentBelow() {
            return depth == 0 ? "" : indent + (isLast ? "    " : "│   ");
        }
    }

    @Override
    int run(Session session) {
        Path start = session.reading(operand);
        requireDirectory(start);
        Deque<Pending> stack = new ArrayDeque<>();
        stack.push(new Pending(start, "", true, 0));
        while (!stack.isEmpty()) {
            Pending next = stack.pop();
            if (print(next) && next.depth() < maxDepth) {
                pushChildren(next, stack);
            }
        }
        console.out().println();
        console.out().println(Text.count(directories, "directory") + ", " + Text.count(files, "file"));
        return ExitCode.OK;
    }

    /// @return whether it is a directory to go down into
    private boolean print(Pending line) {
        Path path = line.path();
        if (line.depth() == 0) {
            console.out().println(operand.text());
            return true;
        }
        FileFacts facts = Failures.naming(path, () -> FileFacts.of(path, false));
        String target = facts.type() != FileFacts.Type.SYMLINK ? ""
                : " -> " + Text.printable(Failures.naming(path, () -> Files.readSymbolicLink(path)).toString());
        console.out().println(line.branch() + Text.printable(path.getFileName().toString()) + target);
        boolean isDirectory = facts.type() == FileFacts.Type.DIRECTORY;
        directories += isDirectory ? 1 : 0;
        files += isDirectory ? 0 : 1;
        return isDirectory;
    }

    private static void pushChildren(Pending parent, Deque<Pending> stack) {
        List<Path> children = new ArrayList<>();
        Failures.naming(parent.path(), () -> {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(parent.path())) {
                stream.forEach(children::add);
            }
            return null;
        });
        children.sort((a, b) -> b.getFileName().toString().compareTo(a.getFileName().toString()));
        for (int i = 0; i < children.size(); i++) {
            stack.push(new Pending(children.get(i), parent.indentBelow(), i == 0, parent.depth() + 1));
        }
    }
}

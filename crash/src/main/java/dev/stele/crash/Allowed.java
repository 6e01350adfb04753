package dev.stele.crash;

import java.util.ArrayList;
import java.util.List;

/// What a power cut may leave at one moment of a workload: the volume as before a step or as after it, with those words
/// of some files mixed that were not durable.
///
/// @param id differs where anything else does
/// @param what for people: the step, and whether it has returned
/// @param before digest of the volume before the step, without what is loose
/// @param after digest after it; where the step has returned, both are this
/// @param loose inodes of files that may hold mixed words
/// @param inParts the one of them that may have grown in part, 0 for none
/// @param older the loose files as before the step, null where there is none
/// @param newer as after it
/// @param isDone whether the step has returned
/// @param from the volume before the step; where it has returned, as `to`
/// @param to after it
record Allowed(long id, String what, long before, long after, long[] loose, long inParts, Node[] older, Node[] newer,
        boolean isDone, Moment from, Moment to) {

    static Allowed during(String what, Moment from, Moment to, Step step) {
        Node torn = step.torn() == null ? null : from.tree().find(step.torn());
        long mixed = torn == null || torn.type != dev.stele.node.FileType.REGULAR ? 0 : torn.inode;
        long inParts = step.inParts() && mixed != 0 ? mixed : from.mapped();
        long[] loose = looseIn(from, to, mixed, inParts);
        return of(what + ", running", loose, inParts, false, from, to);
    }

    static Allowed behind(String what, Moment moment) {
        return of(what + ", returned", looseIn(moment, moment), 0, true, moment, moment);
    }

    private static Allowed of(String what, long[] loose, long inParts, boolean isDone, Moment from, Moment to) {
        long before = from.digest().value(loose, inParts);
        long after = to.digest().value(loose, inParts);
        Node[] older = nodes(from, loose);
        Node[] newer = nodes(to, loose);
        long id = Mix.of(Mix.of(Mix.of(before, after), inParts), isDone ? 1 : 0);
        for (int i = 0; i < loose.length; i++) {
            id = Mix.of(Mix.of(id, loose[i]), older[i] == null ? 0 : older[i].allowance());
            id = Mix.of(id, newer[i] == null ? 0 : newer[i].allowance());
        }
        return new Allowed(id, what, before, after, loose, inParts, older, newer, isDone, from, to);
    }

    private static long[] looseIn(Moment from, Moment to, long... mixed) {
        List<Long> loose = new ArrayList<>();
        for (long each : mixed) {
            if (each != 0 && !loose.contains(each)) {
                loose.add(each);
            }
        }
        from.tree().forEach(node -> addLoose(node, loose));
        to.tree().forEach(node -> addLoose(node, loose));
        return loose.stream().mapToLong(Long::longValue).toArray();
    }

    private static void addLoose(Node node, List<Long> loose) {
        if (node.isLoose() && !loose.contains(node.inode)) {
            loose.add(node.inode);
        }
    }

    private static Node[] nodes(Moment moment, long[] loose) {
        Node[] nodes = new Node[loose.length];
        moment.tree().forEach(node -> {
            for (int i = 0; i < loose.length; i++) {
                if (node.inode == loose[i] && !node.isDirectory()) {
                    nodes[i] = node;
                }
            }
        });
        return nodes;
    }

    /// What is wrong with a volume that is neither of both, for people.
    String describe(TreeDigest found) {
        String text = what + "; against what it did: " + found.difference(to.digest(), loose, to.tree()::nameOf);
        return isDone ? text
                : text + "; against what was before: " + found.difference(from.digest(), loose, from.tree()::nameOf);
    }

    /// Content that a loose file may have as a whole: the latest.
    byte[] usual(int file) {
        Node latest = newer[file] == null ? older[file] : newer[file];
        return latest == null ? new byte[0] : latest.bytes;
    }

    /// Whether a word of a loose file may be so.
    boolean allows(int file, int index, long word, long mask) {
        return older[file] != null && older[file].allows(index, word, mask)
                || newer[file] != null && newer[file].allows(index, word, mask);
    }

    /// Whether a file that may have grown in part may have this size.
    boolean allowsSize(int file, long sizeBytes) {
        long one = older[file] == null ? 0 : older[file].bytes.length;
        long other = newer[file] == null ? 0 : newer[file].bytes.length;
        return loose[file] != inParts || sizeBytes >= Math.min(one, other) && sizeBytes <= Math.max(one, other);
    }
}

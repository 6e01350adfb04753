package dev.stele.crash.mutants.inside;

import dev.stele.format.OrphanBlock;
import dev.stele.medium.Medium;
import dev.stele.medium.sim.WindowedMedium;
import dev.stele.node.AttributeChange;
import dev.stele.node.Name;
import dev.stele.volume.SyncStrategy;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.XattrMode;
import java.util.List;

/// What workloads of the crash lab do not reach: long logs, threads that take turns, tables that grow, strategies of
/// syncing, mappings that are changed, a window.
final class Plays {
    private static final int WINDOW_BYTES = 8192;
    private static final int MANY_EXTENTS = 450;
    private static final int MANY_FILES = 150;

    private final long seed;
    private final List<Scenario> all;

    Plays(long seed, List<Scenario> all) {
        this.seed = seed;
        this.all = all;
    }

    void add() {
        add("the log goes round, two threads in turn", inTurn());
        add("the log goes round, one thread", alone());
        add("more inodes than a block holds", inodes());
        add("the orphan table grows", orphans());
        for (SyncStrategy each : SyncStrategy.values()) {
            add("syncs, strategy " + each, syncs(each));
        }
        add("a mapped file changes its shape", mapped());
        add("ends of files", ends());
        add("programs store behind the end", behind());
        add("what was stored behind the end is left there", leftBehind());
        add("a mapping that reads what is inline", mappedInline());
        add("times of many files", manyTimes());
        add("a store beside an atomic write", late());
        add("a truncation of many extents", manyExtents());
        add("blocks of inodes are given back", sweep());
        add("programs persist what they map", persists());
        add("large writes", large());
        add("inline files are cut and cleared", inline());
        add("through a window", window());
        add("overwritten behind an append", attested());
        add("blocks come and go", comeAndGo());
    }

    private void add(String name, Play play) {
        all.add(Scenario.of(name, play::run));
    }

    private Play inTurn() {
        Play play = new Play(seed).tries(4, 4, 0).prepare(Plays::fillLog);
        for (int i = 0; i < 70; i++) {
            String name = "f" + i % 7;
            Play.Action action = i % 14 < 7 ? g -> g.create(name) : g -> g.unlink(name);
            if (i < 14) {
                play.prepare(action);
            } else if (i % 3 == 0) {
                play.second("act " + i, action);
            } else {
                play.act("act " + i, action);
            }
        }
        return play;
    }

    /// Most of the ring, so that it goes round in what follows.
    private static void fillLog(Ground ground) {
        for (int i = 0; i < 24; i++) {
            ground.create("filler");
            ground.unlink("filler");
        }
    }

    private Play alone() {
        Play play = new Play(seed).tries(4, 4, 20).prepare(Plays::fillLog);
        for (int i = 0; i < 27; i++) {
            String name = "f" + i % 9;
            play.act("create " + i, i % 18 < 9 ? g -> g.create(name) : g -> g.unlink(name));
            int bytes = 300 * (i % 5) + 1;
            play.act("append " + i, i % 18 < 9 ? g -> g.append(name, bytes) : g -> { });
        }
        return play;
    }

    private Play inodes() {
        Play play = new Play(seed).tries(16, 8, 0);
        for (int i = 0; i < 20; i++) {
            String name = "i" + i;
            if (i < 12) {
                play.prepare(g -> g.create(name));
            } else {
                play.act("create " + i, g -> g.create(name));
            }
        }
        return play;
    }

    private Play orphans() {
        Play play = new Play(seed).size(4 << 20).tries(2, 1, 0).prepare(g -> {
            for (int i = 0; i < OrphanBlock.SLOT_COUNT - 1; i++) {
                g.create("o" + i);
                g.orphan("o" + i);
            }
        });
        for (int i = OrphanBlock.SLOT_COUNT - 1; i < OrphanBlock.SLOT_COUNT + 1; i++) {
            String name = "o" + i;
            play.prepare(g -> g.create(name)).act("unlink " + i + ", open", g -> g.orphan(name));
        }
        return play.prepare(Ground::closeOrphans).act("create", g -> g.create("last"));
    }

    private Play syncs(SyncStrategy strategy) {
        boolean isImmediate = strategy == SyncStrategy.IMMEDIATE;
        return new Play(seed).options(given -> given.withStrategy(strategy))
                .prepare(g -> {
                    g.create("a");
                    g.append("a", 9000);
                    g.create("b");
                    g.append("b", 5000);
                    g.volume.sync();
                })
                .mixing("write", g -> {
                    g.write("a", 100, 200, Durability.DEFERRED);
                    if (!isImmediate) {
                        g.volume.sync(g.inode("a"), true);
                    }
                })
                .mixing("write across blocks", g -> {
                    g.write("a", 4000, 300, Durability.DEFERRED);
                    if (!isImmediate) {
                        g.volume.sync(g.inode("a"), false);
                    }
                })
                .mixing("two files", g -> {
                    g.write("a", 500, 64, Durability.DEFERRED);
                    g.write("b", 70, 640, Durability.DEFERRED);
                    g.volume.sync();
                })
                .mixing("mapped store", g -> {
                    g.map("b", 0, 4096);
                    g.storeMapped(1000, 200);
                    g.volume.sync(g.inode("b"), true);
                })
                .mixing("mapped store, volume", g -> {
                    g.storeMapped(2000, 200);
                    g.volume.sync();
                });
    }

    private Play mapped() {
        return new Play(seed).leavesTails().size(4 << 20)
                .prepare(g -> {
                    g.create("m");
                    g.append("m", 40_000);
                    g.volume.sync();
                    g.map("m", 0, 40_000);
                })
                .mixing("zero a range", g -> g.volume.zeroRange(g.inode("m"), 5000, 9000, false))
                .mixing("truncate up", g -> g.volume.truncate(g.inode("m"), 41_000))
                .mixing("attributes and size", g -> g.volume.setAttributes(g.inode("m"),
                        new AttributeChange().permissions(0600).sizeBytes(42_500)))
                .mixing("allocate behind the end", g -> g.volume.allocate(g.inode("m"), 42_000, 9000, false))
                .mixing("append", g -> g.append("m", 500))
                .mixing("collapse", g -> g.volume.collapseRange(g.inode("m"), 8192, 4096))
                .mixing("insert", g -> g.volume.insertRange(g.inode("m"), 4096, 4096))
                .mixing("punch", g -> g.volume.punchHole(g.inode("m"), 1000, 6000));
    }

    /// The last block of files, in blocks that others gave up.
    private Play ends() {
        return new Play(seed).flushesAll().tries(64, 16, 4)
                .prepare(g -> {
                    g.create("old");
                    g.append("old", 200_000);
                    g.volume.sync();
                    g.unlink("old");
                    g.create("e");
                    g.create("f");
                })
                .act("append to nothing", g -> g.append("e", 5001))
                .act("append within the block", g -> g.append("e", 700))
                .act("append into the next block", g -> g.append("e", 4500))
                .act("truncate", g -> g.volume.truncate(g.inode("e"), 4333))
                .act("append behind a truncation", g -> g.append("e", 77))
                .act("truncate up", g -> g.volume.truncate(g.inode("e"), 9001))
                .act("a large append", g -> g.append("f", 70_001))
                .act("truncate far", g -> g.volume.truncate(g.inode("f"), 130))
                .act("write across the end", g -> g.write("f", 100, 9000, Durability.ATOMIC))
                .act("collapse", g -> g.volume.collapseRange(g.inode("f"), 4096, 4096))
                .act("insert", g -> g.volume.insertRange(g.inode("f"), 0, 4096))
                .mixing("write far behind the end", g -> g.write("f", 30_001, 5, Durability.SYNC));
    }

    /// A mapping has blocks behind the end; what programs store there never becomes part of the file (D9).
    private Play behind() {
        return new Play(seed).leavesTails().size(2 << 20)
                .prepare(g -> {
                    g.create("m");
                    g.append("m", 5000);
                    g.volume.sync();
                    g.map("m", 0, 40_960);
                })
                .prepare(Plays::storeBehind).act("truncate up", g -> g.volume.truncate(g.inode("m"), 5500))
                .prepare(Plays::storeBehind).act("to another block", g -> g.volume.truncate(g.inode("m"), 9000))
                .prepare(Plays::storeBehind).act("to the end of a block",
                        g -> g.volume.truncate(g.inode("m"), 12_288))
                .act("a little further", g -> g.volume.truncate(g.inode("m"), 12_300))
                .prepare(Plays::storeBehind).act("attributes and size", g -> g.volume.setAttributes(g.inode("m"),
                        new AttributeChange().permissions(0600).sizeBytes(12_900)))
                .prepare(Plays::storeBehind).act("allocate",
                        g -> g.volume.allocate(g.inode("m"), 12_900, 900, false))
                .prepare(Plays::storeBehind).mixing("append", g -> g.append("m", 500))
                .prepare(Plays::storeBehind).mixing("write far behind the end",
                        g -> g.write("m", 20_000, 300, Durability.DSYNC))
                .act("truncate down", g -> g.volume.truncate(g.inode("m"), 11_000));
    }

    private static void storeBehind(Ground ground) {
        long size = ground.size("m");
        ground.storeMapped(size, (int) (36_864 - size));
        ground.volume.sync();
    }

    /// As before, but nobody maps the file any more.
    private Play leftBehind() {
        return new Play(seed).leavesTails().size(2 << 20)
                .prepare(g -> {
                    g.create("m");
                    g.append("m", 5000);
                    g.volume.sync();
                    g.mapFor("m", 0, 40_960, () -> storeBehind(g));
                })
                .act("truncate up", g -> g.volume.truncate(g.inode("m"), 12_288))
                .act("a little further", g -> g.volume.truncate(g.inode("m"), 16_384))
                .act("append", g -> g.append("m", 100));
    }

    /// Bytes in an inode under a mapping that only reads.
    private Play mappedInline() {
        return new Play(seed).leavesTails()
                .prepare(g -> {
                    g.create("i");
                    g.append("i", 60);
                    g.mapToRead("i", 60);
                })
                .act("insert", g -> g.volume.insertRange(g.inode("i"), 0, 4096));
    }

    /// Times of more inodes go in one record than lines are remembered.
    private Play manyTimes() {
        return new Play(seed).size(4 << 20).journal(80).tries(2, 2, 0)
                .prepare(g -> {
                    for (int i = 0; i < MANY_FILES; i++) {
                        g.create("t" + i);
                        g.append("t" + i, 200);
                    }
                    g.volume.sync();
                })
                .mixing("write and sync", g -> {
                    for (int i = 0; i < MANY_FILES; i++) {
                        g.write("t" + i, 0, 8, Durability.DEFERRED);
                    }
                    g.volume.sync();
                });
    }

    /// Another thread has stored to a block that is about to be replaced, through a mapping.
    private Play late() {
        return new Play(seed).leavesTails()
                .prepare(g -> {
                    g.create("a");
                    g.append("a", 12_000);
                    g.volume.sync();
                    g.map("a", 0, 12_000);
                })
                .mixing("atomic write and a store", g -> {
                    Switch.gate("volume.WritePart.commit Core.commit", () -> g.storeMapped(64, 192));
                    g.write("a", 1000, 2000, Durability.ATOMIC);
                })
                .mixing("another, at the end of the block", g -> {
                    Switch.gate("volume.WritePart.commit Core.commit", () -> g.storeMapped(8000, 64));
                    g.write("a", 5000, 2000, Durability.ATOMIC);
                });
    }

    /// More than one record can remove.
    private Play manyExtents() {
        return new Play(seed).size(4 << 20).tries(4, 4, 0).countsFree()
                .prepare(g -> {
                    g.create("many");
                    for (int i = 0; i < MANY_EXTENTS; i++) {
                        g.write("many", i * 8192L, 100, Durability.DEFERRED);
                    }
                    g.volume.sync();
                })
                .act("truncate", g -> g.volume.truncate(g.inode("many"), 100))
                .act("create", g -> g.create("other"));
    }

    /// The last room is that of blocks in which inodes were.
    private Play sweep() {
        Play play = new Play(seed).tries(2, 2, 0).prepare(g -> {
            for (int i = 0; i < 100; i++) {
                g.create("s" + i);
            }
            for (int i = 0; i < 100; i++) {
                g.unlink("s" + i);
            }
            g.create("large");
        });
        for (int i = 0; i < 30; i++) {
            play.act("append " + i, g -> {
                long free = g.volume.statistics().freeBlocks();
                if (free > 4) {
                    g.append("large", (int) Math.min(free - 4, 8) * 4096);
                }
            });
        }
        return play;
    }

    private Play persists() {
        return new Play(seed)
                .prepare(g -> {
                    g.create("p");
                    g.append("p", 12_000);
                    g.volume.sync();
                    g.map("p", 0, 12_000);
                })
                .mixing("persist", g -> {
                    g.storeMapped(128, 640);
                    medium(g).persistMapped(g.mapping(), 128, 640);
                })
                .mixing("flush and drain", g -> {
                    g.storeMapped(5000, 320);
                    medium(g).flushMapped(g.mapping(), 5000, 320);
                    medium(g).drain();
                })
                .mixing("the medium's own bytes", g -> {
                    long at = g.volume.extents(g.inode("p"), 0, 4096).getFirst().mediumOffset();
                    g.storeMapped(2048, 256);
                    medium(g).flushMapped(medium(g).data().segment(), at + 2048, 256);
                    medium(g).drain();
                })
                .mixing("forced", g -> {
                    long at = g.volume.extents(g.inode("p"), 0, 4096).getFirst().mediumOffset();
                    g.storeMapped(3072, 256);
                    medium(g).forceData(at + 3072, 256);
                });
    }

    private static Medium medium(Ground ground) {
        return ground.volume.medium();
    }

    private Play large() {
        return new Play(seed).size(4 << 20)
                .prepare(g -> {
                    g.create("l");
                    g.append("l", 200_000);
                    g.volume.sync();
                })
                .mixing("overwrite", g -> g.write("l", 1000, 150_000, Durability.DEFERRED))
                .mixing("overwrite, durable", g -> g.write("l", 333, 60_000, Durability.DSYNC))
                .mixing("overwrite and sync", g -> g.write("l", 444, 40_000, Durability.SYNC))
                .act("append", g -> g.append("l", 60_001))
                .act("atomic", g -> g.write("l", 5000, 30_000, Durability.ATOMIC))
                .act("truncate", g -> g.volume.truncate(g.inode("l"), 100_001))
                .act("xattr", g -> g.volume.setXattr(g.inode("l"), Name.of("user.x"), new byte[9000],
                        XattrMode.SET));
    }

    private Play inline() {
        return new Play(seed)
                .prepare(g -> {
                    g.create("s");
                    g.append("s", 100);
                })
                .mixing("punch", g -> g.volume.punchHole(g.inode("s"), 10, 30))
                .mixing("zero", g -> g.volume.zeroRange(g.inode("s"), 50, 20, true))
                .act("truncate up", g -> g.volume.truncate(g.inode("s"), 6000))
                .mixing("allocate", g -> g.volume.allocate(g.inode("s"), 0, 9000, false))
                .act("create", g -> g.create("t"))
                .act("append", g -> g.append("t", 90))
                .act("insert", g -> g.volume.insertRange(g.inode("t"), 0, 4096));
    }

    private Play attested() {
        return new Play(seed)
                .prepare(g -> g.create("v"))
                .act("append", g -> g.append("v", 5000))
                .mixing("overwrite", g -> g.write("v", 100, 64, Durability.DSYNC))
                .act("append more", g -> g.append("v", 300))
                .mixing("overwrite that", g -> g.write("v", 5100, 64, Durability.DSYNC));
    }

    private Play comeAndGo() {
        Play play = new Play(seed).tries(8, 4, 0).countsFree();
        for (int i = 0; i < 4; i++) {
            String name = "b" + i;
            play.act("create " + i, g -> g.create(name)).act("append " + i, g -> g.append(name, 9000))
                    .act("xattr " + i, g -> g.volume.setXattr(g.inode(name), Name.of("user.x"), new byte[5000],
                            XattrMode.SET))
                    .act("truncate " + i, g -> g.volume.truncate(g.inode(name), 100));
        }
        return play.act("unlink", g -> g.unlink("b0")).act("xattr", g -> g.volume.removeXattr(g.inode("b1"),
                Name.of("user.x"))).act("rename", g -> g.rename("b1", "b2"));
    }

    private Play window() {
        return new Play(seed).leavesTails().over(medium -> WindowedMedium.over(medium, WINDOW_BYTES)).tries(16, 8, 0)
                .act("create", g -> g.create("w"))
                .mixing("append", g -> g.append("w", 9000))
                .mixing("overwrite", g -> {
                    g.write("w", 3000, 2000, Durability.DEFERRED);
                    g.volume.sync(g.inode("w"), false);
                })
                .mixing("atomic", g -> g.write("w", 100, 5000, Durability.ATOMIC))
                .mixing("zero", g -> g.volume.zeroRange(g.inode("w"), 4096, 4096, true))
                .act("truncate", g -> g.volume.truncate(g.inode("w"), 5001))
                .act("unlink", g -> g.unlink("w"));
    }
}

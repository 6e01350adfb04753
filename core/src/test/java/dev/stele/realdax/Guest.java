package dev.stele.realdax;

import dev.stele.api.Stele;
import dev.stele.mapping.Tracking;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import jdk.nio.mapmode.ExtendedMapMode;

/// In the guest: asks what each place promises, makes a volume on it, and works in all of them until the guest dies.
///
/// Prints `check ok …` or `check failed …` for each thing looked at, then `stele round PLACE N` for each round that is
/// durable. The host reads these lines from the console.
public final class Guest {
    private static final long VOLUME_BYTES = 64L << 20;

    private interface Checked {
        /// @return what was found, for the reader
        String run() throws Exception;
    }

    private Guest() {
    }

    /// @param arguments places, such as `ext4=/mnt/ext4/volume.stele`
    public static void main(String[] arguments) {
        List<Place.At> places = new ArrayList<>();
        for (String argument : arguments) {
            places.add(Place.At.parse(argument));
        }
        for (Place.At at : places) {
            if (at.place().isFile()) {
                check(at, "MAP_SYNC " + (at.place().isDirect() ? "works" : "is refused"), () -> synchronously(at));
            }
            check(at, "medium", () -> medium(at));
            check(at, "any segment", () -> AnySegment.run(at));
            if (at.place().isDirect()) {
                check(at, "what a sync flushes", () -> Told.run(at));
            }
        }
        for (Place.At at : places) {
            if (at.place().isFile() && at.place().isDirect()) {
                check(at, "contract of media", () -> MediumTests.run(at.path().getParent()) + " tests passed");
            }
        }
        places.forEach(at -> Thread.ofPlatform().name(at.name()).start(() -> check(at, "rounds", () -> rounds(at))));
    }

    private static void check(Place.At at, String what, Checked checked) {
        try {
            say("check ok " + at.name() + ": " + what + ": " + checked.run());
        } catch (Exception | AssertionError failed) {
            say("check failed " + at.name() + ": " + what + ": " + failed);
            failed.printStackTrace(System.out);
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
    }

    /// Maps a file with MAP_SYNC through the JDK, as any Java program would, and forces a store.
    private static String synchronously(Place.At at) throws IOException {
        Path file = Files.createFile(at.path().resolveSibling("sync"));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer bytes = channel.map(ExtendedMapMode.READ_WRITE_SYNC, 0, 1 << 20);
            bytes.putLong(4096, 42);
            bytes.force(4096, Long.BYTES);
            require(at.place().isDirect(), "MAP_SYNC was granted where no flushed line is durable");
            return "READ_WRITE_SYNC mapped and forced";
        } catch (IOException | UnsupportedOperationException refused) {
            require(!at.place().isDirect(), "MAP_SYNC was refused: " + refused.getMessage());
            return refused.getMessage();
        } finally {
            Files.delete(file);
        }
    }

    private static String medium(Place.At at) {
        try (Medium medium = at.place().isFile() ? Media.create(at.path(), VOLUME_BYTES, MediumOptions.DEFAULT)
                : Media.open(at.path(), MediumOptions.DEFAULT)) {
            String description = medium.description();
            require(medium.granularity() == at.place().granularity, "is " + medium.granularity() + ": " + description);
            require(medium.isDurable(), "does not call itself durable: " + description);
            require(description.startsWith(at.place().kind), description);
            Volume.format(medium, new FormatOptions(at.name(), new UUID(1, at.place().ordinal()), 3, 4, 0, 0, 0, 1));
            return description;
        }
    }

    private static String tracking(Place.At at, Rounds rounds) {
        Tracking tracking = rounds.tracking();
        Tracking.Kind expected = at.place().tracking(tellsStores());
        require(tracking.kind() == expected, "is " + tracking + ", not " + expected);
        return tracking.toString();
    }

    private static boolean tellsStores() {
        String[] release = System.getProperty("os.version").split("[^0-9]+");
        int major = Integer.parseInt(release[0]);
        return major > 6 || major == 6 && Integer.parseInt(release[1]) >= 7;
    }

    /// Returns only by failing.
    private static String rounds(Place.At at) throws IOException {
        try (Rounds rounds = new Rounds(Stele.open(at.path()))) {
            check(at, "stores through a mapping", () -> tracking(at, rounds));
            for (long round = 1; ; round++) {
                rounds.run(round);
                say("stele round " + at.name() + " " + round);
            }
        }
    }

    static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}

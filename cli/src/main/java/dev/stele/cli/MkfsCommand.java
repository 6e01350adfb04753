package dev.stele.cli;

import dev.stele.format.Geometry;
import dev.stele.format.Superblock;
import dev.stele.medium.MediumOptions;
import dev.stele.volume.FormatOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "mkfs", header = "Make a volume: in a file, on memory or on persistent memory, as the place is.")
final class MkfsCommand implements Callable<Integer> {
    private static final long MIN_BYTES = Geometry.at(Geometry.MIN_BLOCKS);

    private final Console console;

    @Option(names = {"-L", "--label"}, defaultValue = "", description = "A name for the volume, to 64 bytes.")
    private String label;

    @Option(names = {"-s", "--size"}, paramLabel = "SIZE", converter = ByteSize.Converter.class,
            description = "The same as the second operand.")
    private ByteSize sizeOption;

    @Option(names = {"-J", "--journal"}, paramLabel = "SIZE", converter = ByteSize.Converter.class,
            description = "Size of the journal; by default 1/64 of the volume, 64K to 4M.")
    private ByteSize journal;

    @Option(names = "--as-pmem", description = "Treat memory (tmpfs, hugetlbfs) as persistent, with flushes and "
            + "fences: for measuring, not for keeping.")
    private boolean asPmem;

    @Option(names = {"-f", "--force"}, description = "Overwrite what is there.")
    private boolean force;

    @Parameters(index = "0", paramLabel = "IMAGE", converter = Operand.ToImage.class,
            description = "A file (made where it is missing) or a device.")
    private Path image;

    @Parameters(index = "1", arity = "0..1", paramLabel = "SIZE", converter = ByteSize.Converter.class,
            description = "How large; not needed for a file or device that has a size.")
    private ByteSize sizeOperand;

    MkfsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        refuseToDestroy();
        long sizeBytes = sizeBytes();
        FormatOptions options = options();
        VolumeFile place = new VolumeFile(image, MediumOptions.DEFAULT.withAsPmem(asPmem));
        place.make(sizeBytes, options, medium -> console.out().println(image + ": a volume of "
                + ByteSize.format(medium.sizeBytes()) + " on " + medium.description()));
        return ExitCode.OK;
    }

    private void refuseToDestroy() {
        if (Files.isDirectory(image)) {
            throw new CommandFailure(image + ": is a directory; name a file in it");
        }
        Path above = image.toAbsolutePath().getParent();
        if (above != null && !Files.isDirectory(above)) {
            throw new CommandFailure(above + ": no such directory; make it first");
        }
        if (force || !Files.isRegularFile(image)) {
            return;
        }
        if (Volumes.isVolume(image)) {
            throw new CommandFailure(image + ": holds a volume already; --force destroys it");
        }
        if (VolumeFile.sizeBytes(image) > 0) {
            throw new CommandFailure(image + ": is not empty; --force overwrites it");
        }
    }

    private long sizeBytes() {
        if (sizeOption != null && sizeOperand != null && sizeOption.bytes() != sizeOperand.bytes()) {
            throw new CommandFailure("two sizes, " + sizeOption + " and " + sizeOperand + "; name one");
        }
        ByteSize wanted = sizeOption != null ? sizeOption : sizeOperand;
        if (wanted != null) {
            checkSize(wanted.bytes());
            return wanted.bytes() & -Geometry.BLOCK_BYTES;
        }
        if (!Files.exists(image)) {
            throw new CommandFailure(image + ": how large? for example `stele mkfs " + image + " 1G`");
        }
        if (!Files.isRegularFile(image)) {
            return VolumeFile.SIZE_OF_DEVICE;
        }
        checkSize(VolumeFile.sizeBytes(image));
        return VolumeFile.sizeBytes(image) & -Geometry.BLOCK_BYTES;
    }

    private static void checkSize(long sizeBytes) {
        if (sizeBytes < MIN_BYTES) {
            throw new CommandFailure(ByteSize.format(sizeBytes) + " is too small for a volume; the smallest has "
                    + ByteSize.format(MIN_BYTES));
        }
    }

    private FormatOptions options() {
        int labelBytes = label.getBytes(StandardCharsets.UTF_8).length;
        if (labelBytes > Superblock.LABEL_BYTES) {
            throw new CommandFailure("the label has " + labelBytes + " bytes; " + Superblock.LABEL_BYTES
                    + " is the most");
        }
        long journalBlocks = journal == null ? 0 : Geometry.blocksFor(journal.bytes());
        if (journal != null && (journalBlocks < Geometry.MIN_JOURNAL_BLOCKS
                || journalBlocks > Geometry.MAX_JOURNAL_BLOCKS)) {
            throw new CommandFailure("a journal has 64K to 4M, not " + journal);
        }
        SecureRandom random = new SecureRandom();
        return new FormatOptions(label, UUID.randomUUID(), random.nextLong(), random.nextLong(), (int) journalBlocks,
                Volumes.ownId("uid"), Volumes.ownId("gid"), Volumes.nowNanos());
    }
}

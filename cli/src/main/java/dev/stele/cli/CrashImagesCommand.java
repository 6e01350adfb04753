package dev.stele.cli;

import dev.stele.crash.images.Defect;
import dev.stele.crash.images.ImageCampaign;
import dev.stele.crash.images.ImageResult;
import dev.stele.crash.images.ImageSettings;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "images", header = "Damage images in every way and see what becomes of them.",
        description = {"Damages small volumes in memory: every field of every structure by every verb, with its "
            + "checksum left and made right again, blocks swapped, stale, doubled and zeroed, and anything at random. "
            + "Each image is opened, read, used, checked, repaired, and used again. Nothing outside of memory is "
            + "touched.",
            "Exit code 0: nothing wrong was found; 1: something was."})
final class CrashImagesCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--count", paramLabel = "N", defaultValue = "1000000",
            description = "Damaged images; by default ${DEFAULT-VALUE}. From some 250000 on every field and block is "
                + "among them.")
    private long count;

    @Option(names = "--budget", paramLabel = "SECONDS", defaultValue = "0",
            description = "Stop after so long, with a fair part done; by default never.")
    private long budget;

    @Mixin
    private Seed seed = new Seed();

    @Mixin
    private Workers workers = new Workers();

    @Mixin
    private CountsFile json = new CountsFile();

    @Option(names = "--replay", paramLabel = "IMAGE", description = "Try one image again, as a defect names it.")
    private String replay;

    CrashImagesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (count < 1 || budget < 0 || workers.isNegative()) {
            throw new CommandFailure("--count wants at least 1, --budget and --workers no negative number");
        }
        // A broken assertion is a defect, too. The classes that hold them are loaded after this.
        ClassLoader.getSystemClassLoader().setPackageAssertionStatus("dev.stele", true);
        return replay == null ? run() : replay();
    }

    private int replay() {
        Defect found;
        try {
            found = ImageCampaign.replay(replay);
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure("--replay wants the text that a defect gave: " + wrong.getMessage());
        }
        if (found == null) {
            console.out().println("nothing is wrong with this image");
            return ExitCode.OK;
        }
        print(found);
        return ExitCode.FAILED;
    }

    private int run() {
        ImageSettings settings = new ImageSettings(count, TimeUnit.SECONDS.toNanos(budget), seed.value(),
                workers.count());
        ImageResult result;
        try (Progress progress = Progress.ofSteps(console, "images", -1)) {
            long[] seen = new long[1];
            result = ImageCampaign.run(settings, (images, all, defects) -> {
                progress.total(all);
                progress.step(images - seen[0]);
                seen[0] = images;
            });
        }
        json.report(console, counts(result), () -> {
            result.defects().forEach(this::print);
            console.out().print(result.describe());
        });
        return result.defects().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    private void print(Defect defect) {
        console.out().println(defect.likewise() + " times, first with " + defect.injury() + ":");
        console.out().println(defect.message());
        console.out().println("again: stele crash images --replay '" + defect.replay() + "'");
        console.out().println();
    }

    private static Object counts(ImageResult result) {
        return Json.object("images", result.images(), "defects", result.defectCount(), "fields", result.fields(),
                "exhaustive", result.isExhaustive(), "clean", result.clean(), "repaired", result.repaired(),
                "unrepaired", result.unrepaired(), "refusedAtOpen", result.refusedAtOpen(),
                "refusedAtUse", result.refusedAtUse(),
                "imagesPerSecondPerCore", Math.round(result.imagesPerSecondPerCore()),
                "imagesPerProcessorSecond", Math.round(result.imagesPerProcessorSecond()),
                "seed", result.settings().seed());
    }
}

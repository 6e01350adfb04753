package dev.stele.crash.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.format.Inode;
import java.util.List;
import org.junit.jupiter.api.Test;

/// P7: a campaign of bad images, small here. `-Dstele.images=N` damages more of them, `-Dstele.seed` begins elsewhere.
class ImageCampaignTest {
    private static final long IMAGES = Long.getLong("stele.images", 800);
    private static final long SEED = Long.getLong("stele.seed", 20_261_121);

    private static ImageResult run(long images, int workers) {
        return ImageCampaign.run(new ImageSettings(images, 0, SEED, workers), (done, all, defects) -> { });
    }

    @Test
    void noDamageIsMoreThanAnErrorAndWhatIsNotDamagedIsKept() {
        ImageResult result = run(IMAGES, Runtime.getRuntime().availableProcessors());
        System.out.print(result.describe());
        assertEquals(List.of(), result.defects());
        assertTrue(result.images() > IMAGES / 2, result.describe());
        assertTrue(result.repaired() > 0 && result.clean() > 0 && result.refusedAtUse() > 0, result.describe());
        assertTrue(result.images() >= result.clean() + result.repaired() + result.unrepaired(), result.describe());
    }

    @Test
    void aSeedGivesTheSameImagesWhoeverWorks() {
        ImageResult one = run(100, 1);
        ImageResult three = run(100, 3);
        assertEquals(one.images(), three.images());
        assertEquals(one.clean(), three.clean());
        assertEquals(one.refusedAtUse(), three.refusedAtUse());
    }

    @Test
    void aNumberIsOneImage() {
        Specimen specimen = Specimen.of(Corpus.SMALL);
        Injuries injuries = new Injuries(specimen, SEED);
        for (long number = 0; number < injuries.fieldCount() + injuries.blockCount() + 50; number += 997) {
            assertEquals(String.valueOf(injuries.of(number)), String.valueOf(injuries.of(number)));
        }
        assertNull(ImageCampaign.replay("SMALL/1/17"));
        assertThrows(IllegalArgumentException.class, () -> ImageCampaign.replay("SMALL"));
        assertThrows(IllegalArgumentException.class, () -> ImageCampaign.replay("NONE/1/17"));
    }

    /// The judge notices: each of these is wrong on purpose.
    @Test
    void aJudgeThatWasLiedToSaysSo() {
        Specimen specimen = Specimen.of(Corpus.SMALL);
        Node file = specimen.nodes.values().stream().filter(Node::isRegular).findFirst().orElseThrow();
        Field uid = specimen.fields.stream()
                .filter(field -> field.kind() == Kind.INODE && field.name().equals("uid")
                        && field.sealAt() == Inode.at(file.inode)).findFirst().orElseThrow();
        Injury sealed = new Injury(specimen);
        sealed.field(uid, 4711, true);
        // An owner that was made right is one: nothing to object to.
        new Examiner(specimen).examine(sealed, 1);
        byte[] content = file.content;
        file.content = new byte[] {1, 2, 3};
        assertTold(specimen, sealed, "instead", "other bytes", "is there with");
        file.content = content;
        file.own = new Cells(Corpus.SIZE_BYTES);
        assertTold(specimen, sealed, "instead of");
    }

    private static void assertTold(Specimen specimen, Injury injury, String... words) {
        // Nothing of the first file's own: the judge must compare it.
        Injury elsewhere = new Injury(specimen);
        Field other = specimen.fields.stream().filter(field -> field.kind() == Kind.SUPERBLOCK
                && field.name().equals("createTimeNanos")).findFirst().orElseThrow();
        elsewhere.field(other, 5, true);
        Injury used = words.length == 1 ? injury : elsewhere;
        Wrong told = assertThrows(Wrong.class, () -> new Examiner(specimen).examine(used, 1));
        assertNotNull(told.getMessage());
        assertTrue(List.of(words).stream().anyMatch(told.getMessage()::contains), told.getMessage());
    }
}

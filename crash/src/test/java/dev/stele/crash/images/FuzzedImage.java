package dev.stele.crash.images;

import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import com.code_intelligence.jazzer.mutation.annotation.WithSize;
import dev.stele.format.Geometry;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/// What Jazzer drives: it chooses an image of the corpus and a list of wounds, and mutates those, led by the branches
/// that they reach. So every input is an image that comes as far as the logic.
public final class FuzzedImage {
    /// One thing that is done to the image.
    ///
    /// @param place a field, counted around; negative: a block
    /// @param verb what is done to it; beyond the last verb the value is stored
    /// @param value for the verbs that want one
    /// @param seals whether the checksum is made right again
    public record Wound(int place, byte verb, long value, boolean seals) {
    }

    private static final Logger LOGGER = Logger.getLogger("dev.stele");
    private static final Map<Corpus, Examiner> EXAMINERS = new EnumMap<>(Corpus.class);
    private static final Map<Corpus, Specimen> SPECIMENS = new EnumMap<>(Corpus.class);

    private FuzzedImage() {
    }

    public static void fuzzerTestOneInput(int corpus, @NotNull @WithSize(max = 8) List<@NotNull Wound> wounds) {
        examine(corpus, wounds);
    }

    /// @return whether the wounds changed anything
    static boolean examine(int corpus, List<Wound> wounds) {
        // Every damaged volume would say that it is read-only from now on.
        LOGGER.setLevel(Level.OFF);
        Corpus chosen = Corpus.values()[Math.floorMod(corpus, Corpus.values().length)];
        Specimen specimen = SPECIMENS.computeIfAbsent(chosen, Specimen::of);
        Injury injury = new Injury(specimen);
        wounds.forEach(wound -> wound(specimen, injury, wound));
        if (!injury.isNothing()) {
            EXAMINERS.computeIfAbsent(chosen, each -> new Examiner(specimen)).examine(injury, corpus & 31);
        }
        return !injury.isNothing();
    }

    private static void wound(Specimen specimen, Injury injury, Wound wound) {
        if (wound.place < 0) {
            copyBlock(specimen, injury, wound);
            return;
        }
        Field field = specimen.fields.get(wound.place % specimen.fields.size());
        long old = field.get(specimen.bytes);
        int verb = Math.floorMod(wound.verb, Verb.COUNT + 1);
        long value = field.fitted(verb == Verb.COUNT ? wound.value : Verb.of(verb).apply(old, field.bits(), wound.value,
                specimen.another(field, wound.value).get(specimen.bytes)));
        if (value != old) {
            injury.field(field, value, wound.seals && field.kind().isSummed && !field.name().equals("crc"));
        }
    }

    /// One block, as another is or was.
    private static void copyBlock(Specimen specimen, Injury injury, Wound wound) {
        long count = specimen.geometry.blockCount();
        long block = Long.remainderUnsigned(wound.place, count);
        long from = Long.remainderUnsigned(wound.value, count);
        byte[] bytes = (wound.seals ? specimen.older : specimen.bytes)
                .asSlice(Geometry.at(from), Geometry.BLOCK_BYTES).toArray(ValueLayout.JAVA_BYTE);
        injury.bytes(Geometry.at(block), bytes, "block " + block + " is as " + from, wound.seals);
    }
}

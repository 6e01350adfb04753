package dev.stele.realdax;

import dev.stele.api.Stele;
import java.nio.file.Path;

/// On the host, behind the guest's death: is everything there that the guest had made durable?
public final class Verifier {
    private Verifier() {
    }

    /// @param arguments the volume, and the last round that the guest said was durable
    public static void main(String[] arguments) throws Exception {
        long synced = Long.parseLong(arguments[1]);
        try (Stele stele = Stele.open(Path.of(arguments[0]))) {
            System.out.println(Rounds.verify(stele, synced) + " pages and files of " + synced + " rounds are there");
        } catch (IllegalStateException lost) {
            System.out.println("LOST: " + lost.getMessage());
            System.exit(1);
        }
    }
}

package dev.stele.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OperandTest {
    @Test
    void aPathInsideAVolume() {
        assertEquals(new Operand.Inside("pool.stele:/a/b", Path.of("pool.stele"), "/a/b"),
                Operand.parse("pool.stele:/a/b"));
        assertEquals(new Operand.Inside("/dev/dax0.0:/", Path.of("/dev/dax0.0"), "/"), Operand.parse("/dev/dax0.0:/"));
    }

    @Test
    void theFirstColonAndSlashDivide() {
        assertEquals(new Operand.Inside("a:b:/c:/d", Path.of("a:b"), "/c:/d"), Operand.parse("a:b:/c:/d"));
    }

    @Test
    void everythingElseIsAHostPath() {
        assertEquals(new Operand.Host("some/dir", Path.of("some/dir")), Operand.parse("some/dir"));
        assertEquals(new Operand.Host("a:b", Path.of("a:b")), Operand.parse("a:b"));
    }

    @Test
    void saysWhatToWriteForAHostPathWhereAVolumeIsMeant() {
        for (String text : new String[] {"pool.stele", "pool.stele:"}) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Operand.parseInside(text));
            assertTrue(e.getMessage().endsWith("for the root pool.stele:/"), e.getMessage());
        }
    }

    @Test
    void saysThatAPathInsideAVolumeBeginsWithASlash() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> Operand.parseInside("a:b.img:some/dir"));
        assertEquals("'a:b.img:some/dir': a path inside a volume begins with '/'; write a:b.img:/some/dir",
                e.getMessage());
    }

    @Test
    void refusesWhatIsNoPlace() {
        assertThrows(IllegalArgumentException.class, () -> Operand.parse(""));
        assertThrows(IllegalArgumentException.class, () -> Operand.parse(":/a"));
        assertThrows(IllegalArgumentException.class, () -> Operand.parse("a\0b"));
        assertThrows(IllegalArgumentException.class, () -> Operand.parseImage("pool.stele:/"));
    }

    @Test
    void anImageAloneMayStandForItsRoot() {
        assertEquals("/", Operand.parseInsideOrRoot("pool.stele").path());
        assertEquals("/x", Operand.parseInsideOrRoot("pool.stele:/x").path());
    }
}

package dev.stele.nio;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;

/// What the contracts have in common: a fresh directory in the home that is their parameter.
abstract class ContractTest {
    @Parameter
    Home home;

    Path dir;
    private Home.Fixture fixture;

    @BeforeEach
    final void openHome() throws IOException {
        fixture = home.open();
        dir = fixture.directory();
    }

    @AfterEach
    final void closeHome() throws IOException {
        fixture.close();
    }
}

package dev.stele.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.MMapDirectory;

/// One operation indexes 1000 texts and commits. After some, the index is started anew with the same texts. One commit
/// of nine also merges, and takes some four times as long: the median of all is a commit without.
final class LuceneIndexWork extends Work {
    private static final int TEXTS_PER_COMMIT = 1000;
    private static final int COMMITS_MAX = 20;
    /// As long as something is being compiled, warming up goes on for ten times as many: with Lucene something always
    /// is, but after 300 commits it is little and no longer what takes the time.
    private static final int WARM_UP_COMMITS = 30;

    private final Path directory;
    private final String[] texts = new String[TEXTS_PER_COMMIT * COMMITS_MAX];
    private MMapDirectory index;
    private IndexWriter writer;
    private int commits;

    /// @param directory does not exist
    LuceneIndexWork(Path directory, Long seed) throws Exception {
        this.directory = directory;
        Corpus corpus = new Corpus(seed);
        for (int i = 0; i < texts.length; i++) {
            texts[i] = corpus.next();
        }
        open();
    }

    private void open() throws Exception {
        Files.createDirectory(directory);
        index = new MMapDirectory(directory);
        writer = LuceneTexts.writer(index);
        commits = 0;
    }

    @Override
    int warmUpOperations() {
        return WARM_UP_COMMITS;
    }

    @Override
    int operationsMax() {
        return 1;
    }

    @Override
    void prepare(int operationCount) throws Exception {
        if (commits == COMMITS_MAX) {
            close();
            Trees.delete(directory);
            open();
        }
    }

    @Override
    void run(int operationCount) throws Exception {
        int from = commits * TEXTS_PER_COMMIT;
        for (int i = from; i < from + TEXTS_PER_COMMIT; i++) {
            LuceneTexts.add(writer, i, texts[i]);
        }
        writer.commit();
        commits++;
    }

    @Override
    void check(int operationCount) throws Exception {
        try (DirectoryReader reader = DirectoryReader.open(index)) {
            WrongResult.require(reader.numDocs() == commits * TEXTS_PER_COMMIT, "texts are missing in the index");
        }
    }

    @Override
    public void close() throws Exception {
        writer.close();
        index.close();
    }
}

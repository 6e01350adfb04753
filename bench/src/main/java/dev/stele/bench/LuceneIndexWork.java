package dev.stele.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.store.MMapDirectory;

/// One operation indexes 1000 texts and commits. After some, the index is started anew with the same texts.
final class LuceneIndexWork extends Work {
    static final int TEXTS_PER_COMMIT = 1000;
    private static final int COMMITS_MAX = 20;

    private final Path directory;
    private final String[] texts;
    private MMapDirectory index;
    private IndexWriter writer;
    private int commits;

    /// @param directory does not exist
    LuceneIndexWork(Path directory, Long seed) throws Exception {
        this.directory = directory;
        this.texts = new String[TEXTS_PER_COMMIT * COMMITS_MAX];
        Corpus corpus = new Corpus(seed);
        for (int i = 0; i < texts.length; i++) {
            texts[i] = corpus.next();
        }
        open();
    }

    private void open() throws Exception {
        Files.createDirectory(directory);
        index = new MMapDirectory(directory);
        // Merging in this thread: what it costs is in the time of who asked for it.
        writer = new IndexWriter(index, new IndexWriterConfig(new StandardAnalyzer())
                .setMergeScheduler(new SerialMergeScheduler()));
        commits = 0;
    }

    /// Each is a commit.
    @Override
    int warmUpOperations() {
        return 0;
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
            Document document = new Document();
            document.add(new StringField("id", Integer.toString(i), Field.Store.YES));
            document.add(new TextField("text", texts[i], Field.Store.YES));
            writer.addDocument(document);
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

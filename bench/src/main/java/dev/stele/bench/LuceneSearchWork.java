package dev.stele.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.MMapDirectory;

/// One operation finds the ten best of 20 000 texts for two words, and reads what is stored with them.
final class LuceneSearchWork extends Work {
    private static final int TEXTS = 20_000;
    private static final int HITS = 10;
    /// Words so frequent that each is in some text.
    private static final int RANKS = 500;

    private final MMapDirectory index;
    private final DirectoryReader reader;
    private final IndexSearcher searcher;
    private long state;

    /// @param directory does not exist
    LuceneSearchWork(Path directory, Long seed) throws Exception {
        Files.createDirectory(directory);
        this.index = new MMapDirectory(directory);
        this.state = seed;
        Corpus corpus = new Corpus(seed);
        try (IndexWriter writer = LuceneTexts.writer(index)) {
            for (int i = 0; i < TEXTS; i++) {
                LuceneTexts.add(writer, i, corpus.next());
            }
            writer.forceMerge(1);
        }
        this.reader = DirectoryReader.open(index);
        this.searcher = new IndexSearcher(reader);
        searcher.setQueryCache(null);
    }

    /// Each is a whole search.
    @Override
    int warmUpOperations() {
        return 0;
    }

    @Override
    void run(int operationCount) throws Exception {
        for (int i = 0; i < operationCount; i++) {
            state = Places.next(state);
            String word = Corpus.word(1 + (int) Places.index(state, RANKS));
            TopDocs found = searcher.search(new BooleanQuery.Builder()
                    .add(new TermQuery(new Term(LuceneTexts.TEXT, word)), BooleanClause.Occur.MUST)
                    .add(new TermQuery(new Term(LuceneTexts.TEXT, Corpus.word(1))), BooleanClause.Occur.SHOULD)
                    .build(), HITS);
            WrongResult.require(found.scoreDocs.length > 0, word + " is in no text");
            for (ScoreDoc each : found.scoreDocs) {
                String text = searcher.storedFields().document(each.doc).get(LuceneTexts.TEXT);
                WrongResult.require((" " + text).contains(" " + word + " "), "a text without " + word + " was found");
            }
        }
    }

    @Override
    public void close() throws Exception {
        reader.close();
        index.close();
    }
}

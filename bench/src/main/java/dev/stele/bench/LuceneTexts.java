package dev.stele.bench;

import java.io.IOException;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.store.Directory;

/// How the texts of a [Corpus] come into an index; all else is as Lucene has it of its own accord.
final class LuceneTexts {
    static final String TEXT = "text";

    private LuceneTexts() {
    }

    /// Merges in the thread that adds: what that costs is in the time of who asked for it.
    static IndexWriter writer(Directory index) throws IOException {
        return new IndexWriter(index, new IndexWriterConfig(new StandardAnalyzer())
                .setMergeScheduler(new SerialMergeScheduler()));
    }

    static void add(IndexWriter writer, int id, String text) throws IOException {
        Document document = new Document();
        document.add(new StringField("id", Integer.toString(id), Field.Store.YES));
        document.add(new TextField(TEXT, text, Field.Store.YES));
        writer.addDocument(document);
    }
}

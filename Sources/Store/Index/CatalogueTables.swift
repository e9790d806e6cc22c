import Wire

/// The tables of the catalogue, step by step as versions of the program made them.
///
/// `records` stand in the order in which they arrived, so that what comes is written behind what is
/// there and once. `number` rises with the time of issue, see `Catalogue.number(of:_:)`. Records
/// about a layer name it, the publisher that it is said to be of (`origin`) and who offers it
/// (`holder`). A place may hold a record for everyone and one that is not (`is_hidden`) beside each
/// other.
///
/// The two full-text tables hold lists of numbers and nothing else: of each layer the record that a
/// search shows, which is the first in `records_by_layer`. `vocabulary` counts the words that are
/// longer than the beginnings they index; `publishers` the records of each, and all of them under
/// the empty key.
enum CatalogueTables {
    /// Three versions kept tables that are forgotten: gossip brings the records again.
    static let steps = ["", "", "", forgotten + wide, circles, narrow, granted]

    /// Milliseconds of an hour: records are filed under the hour in which they end.
    static let hour: UInt64 = 3_600_000
    /// Bytes of keys and layer ids that are filed; what is found is compared as a whole. Whoever
    /// makes two keys that begin alike, in 2^32 tries, makes her own searches longer.
    static let startBytes = 8

    private static let forgotten = """
        DROP TABLE IF EXISTS words; DROP TABLE IF EXISTS tags; DROP TABLE IF EXISTS facts;
        DROP TABLE IF EXISTS records; DROP TABLE IF EXISTS announcements;
        DROP TABLE IF EXISTS layers; DROP TABLE IF EXISTS vocabulary;
        DROP TABLE IF EXISTS facets;
        """

    /// Records stood by number, and what a search shows in tables of its own.
    private static let wide = """
        CREATE TABLE records(
            number INTEGER PRIMARY KEY, publisher BLOB NOT NULL, type INTEGER NOT NULL,
            slot BLOB NOT NULL, sequence INTEGER NOT NULL, id BLOB NOT NULL UNIQUE,
            issued INTEGER NOT NULL, expires INTEGER NOT NULL, domain BLOB,
            bytes BLOB NOT NULL, is_hidden INTEGER NOT NULL,
            UNIQUE(publisher, type, slot, is_hidden));
        CREATE TABLE publishers(
            publisher BLOB PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX records_by_expiry ON records(expires);
        CREATE INDEX records_by_delegate ON records(slot) WHERE type=6;
        CREATE TABLE announcements(
            number INTEGER PRIMARY KEY, layer BLOB NOT NULL, publisher BLOB NOT NULL,
            is_mirror INTEGER NOT NULL, holder BLOB NOT NULL);
        CREATE TABLE layers(
            number INTEGER PRIMARY KEY, layer BLOB NOT NULL, publisher BLOB NOT NULL,
            UNIQUE(layer, publisher));
        CREATE TABLE vocabulary(word TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
        CREATE VIRTUAL TABLE words USING fts5(
            text, content='', detail=none, columnsize=0, prefix='3 4 5', tokenize='ascii');
        CREATE VIRTUAL TABLE facets USING fts5(
            text, content='', detail=none, columnsize=0, tokenize='ascii');
        """

    private static let circles =
        "CREATE INDEX records_by_circle ON records(domain, number) WHERE domain IS NOT NULL;"

    /// Few and narrow lists beside the records: a newcomer's records come in no order that any of
    /// them has, so that each list that does not stay in memory is written again and again. The
    /// layers that a search shows have a name of their own in `facets`.
    private static let narrow = """
        ALTER TABLE records RENAME TO former;
        DROP INDEX records_by_expiry; DROP INDEX records_by_delegate; DROP INDEX records_by_circle;
        CREATE TABLE records(
            arrival INTEGER PRIMARY KEY, number INTEGER NOT NULL, publisher BLOB NOT NULL,
            type INTEGER NOT NULL, slot BLOB NOT NULL, is_hidden INTEGER NOT NULL,
            sequence INTEGER NOT NULL, id BLOB NOT NULL, issued INTEGER NOT NULL,
            expires INTEGER NOT NULL, domain BLOB, layer BLOB, origin BLOB, holder BLOB,
            bytes BLOB NOT NULL);
        INSERT INTO records(
            number, publisher, type, slot, is_hidden, sequence, id, issued, expires, domain,
            layer, origin, holder, bytes)
        SELECT
            former.number, former.publisher, type, slot, is_hidden, sequence, id, issued, expires,
            domain, layer, announcements.publisher, holder, bytes
        FROM former LEFT JOIN announcements ON announcements.number=former.number
        ORDER BY former.number;
        INSERT INTO facets(rowid, text) SELECT number, 'all' FROM layers ORDER BY number;
        DROP TABLE former; DROP TABLE announcements; DROP TABLE layers;
        CREATE UNIQUE INDEX records_by_number ON records(number);
        CREATE UNIQUE INDEX records_by_id ON records(id, is_hidden);
        CREATE INDEX records_by_place ON records(substr(publisher, 1, 8), type, slot, is_hidden);
        CREATE INDEX records_by_expiry ON records(expires / 3600000);
        CREATE INDEX records_by_type ON records(type, issued) WHERE layer IS NULL;
        CREATE INDEX records_by_delegate ON records(slot) WHERE type=6;
        CREATE INDEX records_by_circle ON records(domain, number) WHERE domain IS NOT NULL;
        CREATE INDEX records_by_layer
            ON records(substr(layer, 1, 8), substr(origin, 1, 8), type, number DESC)
            WHERE layer IS NOT NULL;
        CREATE INDEX records_by_holder ON records(substr(holder, 1, 8)) WHERE holder IS NOT NULL;
        """

    /// Few records are for named keys, however many their holder has for everyone.
    private static let granted = """
        CREATE INDEX records_by_grant ON records(substr(holder, 1, 8))
            WHERE domain IS NOT NULL AND holder IS NOT NULL;
        """
}

/// How statements name what is filed under the beginnings of keys and ids.
extension CatalogueTables {
    /// A publisher, its key given twice by `keyed`.
    static let isPublisher = "substr(publisher, 1, 8)=? AND publisher=?"
    /// A place: publisher, type and slot.
    static let isPlace = "\(isPublisher) AND type=? AND slot=?"
    /// A layer, whoever is said to publish it.
    static let isLayer = "substr(layer, 1, 8)=? AND layer=?"
    /// A layer under the name of one publisher.
    static let isLayerOf = "\(isLayer) AND substr(origin, 1, 8)=? AND origin=?"
    /// Whoever offers a layer.
    static let isHolder = "substr(holder, 1, 8)=? AND holder=?"

    /// The two values of a key or layer id: its beginning and itself.
    static func keyed(_ digest: Digest) -> [SQLValue] {
        let bytes = digest.bytes
        return [.blob(Array(bytes.prefix(startBytes))), .blob(bytes)]
    }

    /// The values of `isPlace`.
    static func place(_ place: SlotKey) -> [SQLValue] {
        keyed(place.publisher.digest) + [
            .integer(Int64(place.type.rawValue)), .blob(place.slot.bytes),
        ]
    }
}

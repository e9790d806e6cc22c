import Genome
import Host
import Simulator
import Store
import Swarm
import Wire

/// Two catalogues that differ in a few records: what finding these costs beside listing all ids,
/// how fast a large catalogue answers, and how many signatures a lane checks.
struct DiscoveryBench {
    /// Records unless asked otherwise.
    static let rowsDefault = 100_000
    /// Records that one of the two lacks, half of them each.
    private static let differing = 100
    private static let rounds = 11
    private static let questions = 400
    private static let batch = 2_000
    private static let stormed = 20_000
    private static let stormRounds = 5

    let rows: Int

    private static let words = [
        "psalms", "genome", "protein", "whisper", "legal", "chemistry", "german", "swahili",
        "radiology", "poetry", "weather", "chess", "soil", "enzyme", "harbour", "violin",
    ]

    func run(_ report: Report) throws(Failure) -> [BenchRow] {
        let folder = try BenchFolder(megabytes: 1, report)
        report.note("signing \(rows) records and keeping them in two catalogues")
        let one = try catalogue(folder, "one")
        let other = try catalogue(folder, "other")
        let filling = try fill(one, other)
        let first = try BenchCommand.seconds { () throws(Failure) in
            _ = try inStore { () throws(StoreError) in
                try other.sketch(for: SketchRequest(count: 1))
            }
        }
        let exchange = try exchange(one, other)
        let pages = Double(rows) * 32
        let found = [try equal(one, other), try search(one)]
        // What follows keeps more beside a third catalogue: the ids of all records.
        let memory = Double(Machine.peakMemory)
        return [
            BenchRow(
                name: "\(Self.differing) records that differ, median", figure: exchange.bytes,
                unit: "bytes", against: "ids of all records, part",
                ratio: exchange.bytes / pages),
            BenchRow(
                name: "the same, on both sides", figure: exchange.seconds * 1_000, unit: "ms",
                against: "the first sketch of an hour, \(Decimals.text(first * 1_000, 0)) ms",
                ratio: exchange.seconds / first),
            found[0], found[1],
            BenchRow(
                name: "records taken in and indexed", figure: Double(2 * rows) / filling,
                unit: "a second", against: "signatures checked at 25,000 a second",
                ratio: Double(2 * rows) / filling / 25_000),
        ] + (try IngestBench(from: one, into: catalogue(folder, "newcomer"), rows: rows).run()) + [
            signatures(), storm(),
            BenchRow(
                name: "memory, two catalogues", figure: memory / 1_048_576, unit: "MiB",
                against: "150 MiB", ratio: memory / (150 * 1_048_576)),
        ]
    }

    // MARK: Records

    private func catalogue(_ folder: BenchFolder, _ name: String) throws(Failure) -> Catalogue {
        let home = "\(folder.path)/\(name)"
        do throws(SystemError) {
            try Directory.create(home)
        } catch {
            throw Failure(.internal, "\(error)")
        }
        return try inStore { () throws(StoreError) in try Catalogue(Layout(home: home)) }
    }

    /// Everything to both but what only one gets; seconds that the catalogues took.
    private func fill(_ one: Catalogue, _ other: Catalogue) throws(Failure) -> Double {
        var key = NewcomerBench.key(0)
        var seconds = 0.0
        for start in stride(from: 0, to: rows, by: Self.batch) {
            let numbers = start..<min(rows, start + Self.batch)
            var records: [Record] = []
            for number in numbers {
                if number % NewcomerBench.perKey == 0 {
                    key = NewcomerBench.key(number / NewcomerBench.perKey)
                }
                records.append(try Self.record(number, key))
            }
            let lack = Self.differing / 2
            let shared = zip(numbers, records)
            seconds += try BenchCommand.seconds { () throws(Failure) in
                try inStore { () throws(StoreError) in
                    try one.put(shared.filter { $0.0 >= lack }.map(\.1))
                    try other.put(
                        shared.filter { !(lack..<2 * lack).contains($0.0) }.map(\.1))
                }
            }
        }
        return seconds
    }

    /// What the layer of a number is called.
    static func name(_ number: Int) -> String { "\(words[number % words.count])-\(number)" }

    /// A record like those of a large network, one of each number.
    static func record(
        _ number: Int, _ key: SigningKey
    ) throws(Failure) -> Record {
        let word = words[number % words.count]
        var content = LayerContent(
            layer: Blake3.hash(Array("bench record \(number)".utf8)), manifestSize: 900,
            type: number % 3 == 0 ? "memory" : "lora", name: name(number),
            version: "1.0.0", licence: number % 2 == 0 ? "Apache-2.0" : "MIT",
            size: UInt64(number), files: 3)
        content.tags = ["n\(number % 997)", words[number / 16 % words.count]].sorted()
        content.summary = "An adapter about \(word) and \(words[number / 256 % words.count])"
        let now = Clock.wallMilliseconds()
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: now, issued: now, expires: now + 86_400_000,
            content: .layer(content))
        do throws(WireError) {
            return try unsigned.signed(key.sign(unsigned.signingInput))
        } catch {
            throw Failure(.internal, "a record of the bench is refused: \(error)")
        }
    }

    // MARK: Figures

    /// Bytes of question, sketch and items, and seconds of both sides, once sketches are kept.
    private func exchange(
        _ one: Catalogue, _ other: Catalogue
    ) throws(Failure) -> (bytes: Double, seconds: Double) {
        var (sizes, times): ([Double], [Double]) = ([], [])
        for _ in 0..<Self.rounds {
            var size = 0
            let time = try BenchCommand.seconds { () throws(Failure) in
                try inStore { () throws(StoreError) in
                    var count = 192
                    while count <= SetSketch.symbolsMax {
                        let request = SketchRequest(count: count)
                        let frame = try other.sketch(for: request)
                        size += Message.sketchRequest(request).bytes.count
                        size += Message.sketch(frame).bytes.count
                        if let found = try one.compare(frame).difference {
                            let items = Array(found.theirs.prefix(Limits.recordsPerMessageMax))
                            size += Message.itemsRequest(items).bytes.count
                            _ = try other.publicRecords(items: items)
                            return
                        }
                        count *= 4
                    }
                    throw .refused("the sketches did not come apart")
                }
            }
            sizes.append(Double(size))
            times.append(time)
        }
        return (BenchCommand.median(sizes), BenchCommand.median(times))
    }

    /// Bytes of finding that nothing differs.
    private func equal(_ one: Catalogue, _ other: Catalogue) throws(Failure) -> BenchRow {
        let bytes = try inStore { () throws(StoreError) in
            let salt = try one.sketch(for: SketchRequest(count: 1)).salt
            let request = try one.sketchRequest(192, salt: salt)
            let frame = try one.sketch(for: request)
            return Message.sketchRequest(request).bytes.count + Message.sketch(frame).bytes.count
        }
        return BenchRow(
            name: "catalogues that are equal", figure: Double(bytes), unit: "bytes",
            against: "ids of all records, part", ratio: Double(bytes) / (Double(rows) * 32))
    }

    /// Questions of every kind, broad and narrow; the slowest but one of a hundred.
    private func search(_ catalogue: Catalogue) throws(Failure) -> BenchRow {
        var times: [Double] = []
        for number in 0..<Self.questions {
            let query = try Self.question(number)
            times.append(
                try BenchCommand.seconds { () throws(Failure) in
                    _ = try inStore { () throws(StoreError) in try catalogue.search(query) }
                })
        }
        let worst = BenchCommand.percentile99(times) * 1_000
        return BenchRow(
            name: "a search, 99 of 100", figure: worst, unit: "ms", against: "10 ms",
            ratio: worst / 10)
    }

    /// The question of a number: words that many or few layers have, values and ranges, what
    /// nothing answers, and everything.
    private static func question(_ number: Int) throws(Failure) -> LayerQuery {
        let word = words[number % words.count]
        let all: [LayerPredicate] =
            switch number / words.count % 10 {
            case 0: [.text(word)]
            case 1: [.text("\(word) adapter")]
            case 2: [.tag("n\(number % 997)"), .type("lora")]
            case 3: [.text(String(word.prefix(3))), .licence("MIT")]
            case 4: [.type("memory"), .licenceClass(.permissive)]
            case 5: [.size(UInt64(number)...UInt64(number) * 4), .text("about")]
            case 6: [.text("\(word) \(words[(number + 5) % words.count]) ada")]
            case 7: [.tag(word), .type("specialization")]
            case 8: [.name("\(word)-\(number)")]
            default: []
            }
        return try inGenome("asking") { () throws(GenomeError) in try LayerQuery(all) }
    }

    /// Datagrams of strangers that a core looks at in a second, without what the system takes to
    /// hand them over.
    private func storm() -> BenchRow {
        var storm = DatagramStorm(network: BeaconNetwork(id: Blake3.hash([1])), seed: 1)
        var desk = storm.makeDesk()
        let datagrams = (0..<Self.stormed).map { _ in storm.next() }
        let seconds = BenchCommand.seconds {
            for _ in 0..<Self.stormRounds {
                for (bytes, source) in datagrams {
                    _ = desk.take(bytes, count: bytes.count, at: 1, from: { source })
                }
            }
        }
        let rate = Double(Self.stormed * Self.stormRounds) / seconds
        return BenchRow(
            name: "datagrams of a storm, a core", figure: rate, unit: "a second",
            against: "100,000 a second", ratio: rate / 100_000)
    }

    /// Records checked a second on one lane, beside libsodium alone on the same bytes.
    private func signatures() -> BenchRow {
        guard let key = SigningKey(seed: [UInt8](repeating: 7, count: 32)) else {
            preconditionFailure("32 bytes are a seed")
        }
        let records = (0..<2_000).compactMap { try? Self.record($0, key) }
        var good = 0
        let own = BenchCommand.seconds { good = records.count(where: \.isSignatureValid) }
        // The same bytes made ready: what is left is libsodium's part.
        let inputs = records.compactMap { record -> (Signature, [UInt8])? in
            let bytes = Array(record.bytes.suffix(Signature.byteCount))
            return Signature(bytes: bytes).map { ($0, Record.signingInput(id: record.id)) }
        }
        let bare = BenchCommand.seconds {
            good += inputs.count { $0.0.isValid(over: $0.1, by: key.publicKey) }
        }
        let rate = Double(good / 2) / own
        return BenchRow(
            name: "signatures checked", figure: rate, unit: "a second",
            against: "libsodium alone", ratio: bare / own)
    }
}

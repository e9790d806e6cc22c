import Genome
import Host

/// One measured figure beside what it was held against in the same run.
struct BenchRow {
    let name: String
    let figure: Double
    let unit: String
    let against: String
    let ratio: Double

    var json: JSONValue {
        [
            "name": .string(name), "figure": .double(figure), "unit": .string(unit),
            "against": .string(against), "ratio": .double(ratio),
        ]
    }
}

/// `plasmid bench`: measures one thing on this machine.
enum BenchCommand {
    /// MiB of a large file unless asked otherwise.
    static let megabytesDefault = 2_048

    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let name = arguments.operand(0) ?? ""
        let megabytes = try arguments.integer("size", in: 1...65_536) ?? megabytesDefault
        let rows: [BenchRow]
        switch name {
        case "hash": rows = HashBench.run()
        case "transfer": rows = try TransferBench(arguments, megabytes: megabytes).run(report)
        case "infer":
            var bench = try InferBench(arguments, report)
            rows = try bench.run()
        case "train": rows = try TrainBench(arguments).run(report)
        case "lineage":
            let edges = try arguments.integer("edges", in: 1_000...10_000_000)
            rows = try LineageBench(edges: edges ?? LineageBench.edgesDefault).run(report)
        case "sketch":
            let megabytes = try arguments.integer("size", in: 1...65_536)
            rows = try SketchBench(megabytes: megabytes ?? SketchBench.megabytesDefault)
                .run(report)
        case "share": rows = try ShareBench(megabytes: megabytes).run(report)
        case "codec": rows = try CodecBench(arguments, report).run()
        case "store":
            let count = try arguments.integer("rows", in: 1_000...10_000_000)
            rows = try StoreBench(
                megabytes: megabytes, rows: count ?? StoreBench.rowsDefault
            ).run(report)
        case "discovery":
            let count = try arguments.integer("rows", in: 1_000...10_000_000)
            rows = try DiscoveryBench(rows: count ?? DiscoveryBench.rowsDefault).run(report)
        case "newcomer":
            let count = try arguments.integer("rows", in: 1_000...1_000_000)
            let nodes = try arguments.integer("nodes", in: 1...16)
            rows = try NewcomerBench(
                rows: count ?? NewcomerBench.rowsDefault,
                nodes: nodes ?? NewcomerBench.nodesDefault
            ).run(report)
        case "simulate": return try SimulateBench(arguments).run(report)
        case "decide": rows = DecideBench().run()
        case "journal":
            let seconds = try arguments.integer("seconds", in: 1...3_600)
            rows = try JournalBench(seconds: seconds ?? JournalBench.secondsDefault).run(report)
        case "seal":
            let megabytes = try arguments.integer("size", in: 1...65_536)
            rows = try SealBench(megabytes: megabytes ?? SealBench.megabytesDefault).run(report)
        default:
            throw Failure(
                .usage, "there is no bench called \(name)",
                remedy: "use hash, transfer, share, seal, store, lineage, sketch, codec, "
                    + "discovery, newcomer, simulate, decide, journal, infer or train")
        }
        guard let first = rows.first else {
            throw Failure(.internal, "the bench measured nothing")
        }
        var object = first.json.object ?? JSONObject()
        object["bench"] = .string(name)
        object["rows"] = .array(rows.map(\.json))
        report.done(object, text: lines(rows))
    }

    private static func lines(_ rows: [BenchRow]) -> [String] {
        var table = Table([
            .init("WHAT", isElastic: true), .init("FIGURE", isRight: true), .init("UNIT"),
            .init("RATIO", isRight: true), .init("HELD AGAINST", isElastic: true),
        ])
        for row in rows {
            table.add([
                row.name, text(row.figure), row.unit, text(row.ratio), row.against,
            ])
        }
        return table.lines(width: Terminal(descriptor: 1).columns)
    }

    private static func text(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// Seconds that `body` takes.
    static func seconds<Failure: Error>(
        _ body: () throws(Failure) -> Void
    ) throws(Failure) -> Double {
        let begun = Clock.monotonic()
        try body()
        return Double(Clock.monotonic() - begun) / 1e9
    }

    /// The median of an odd number of measurements.
    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted[sorted.count / 2]
    }

    /// The smallest measurement that 99 of 100 do not exceed.
    static func percentile99(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted[(sorted.count * 99 + 99) / 100 - 1]
    }
}

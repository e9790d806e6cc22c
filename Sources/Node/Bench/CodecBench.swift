import Foundation
import Genome
import Host
import Store
import Wire

/// The coded form of a model's files, alone or against a parent: its size and speed beside hashing
/// the same bytes, which every byte that is kept or served costs anyway.
struct CodecBench {
    private static let groupBytes = UInt64(GroupCoder.bytesMax)

    /// What is coded.
    let folder: String
    /// What it was made from; nil for nothing.
    let parent: String?
    /// Another program that codes the same files.
    let peer: BenchPeer?
    /// Keeps a folder that was made for the bench.
    private let model: BenchModel?

    /// MiB of a model that nobody gave.
    private static let megabytesDefault = 64

    /// A bench of `--base`, of `--layer` against it, or of a model that is made for it.
    init(_ arguments: Arguments, _ report: Report) throws(Failure) {
        peer = BenchPeer(arguments)
        if let base = arguments.text("base") {
            let child = arguments.text("layer")
            (folder, parent, model) = (child ?? base, child == nil ? nil : base, nil)
        } else {
            if arguments.text("layer") != nil {
                throw Failure(
                    .usage, "a layer is coded against its base", remedy: "say --base DIR too")
            }
            let made = try BenchModel(
                megabytes: try arguments.integer("size", in: 1...65_536) ?? Self.megabytesDefault,
                report)
            (folder, parent, model) = (made.path, nil, made)
        }
    }

    private struct Weights {
        let file: File
        let size: UInt64
        let header: TensorFile
    }

    private struct Buffers {
        var coded: [UInt8] = []
        var decoded: [UInt8] = []
    }

    private struct Sums {
        var plain: UInt64 = 0
        var coded: UInt64 = 0
        var encoding = 0.0
        var decoding = 0.0
        var hashing = 0.0
    }

    /// Its figures; with a peer each beside what that did before and after.
    func run() throws(Failure) -> [BenchRow] {
        guard let peer else { return try rows() }
        let values: KeyValuePairs = ["folder": folder, "parent": parent ?? "none"]
        let before = try peer.answer(values)
        let own = try rows()
        let after = try peer.answer(values)
        let names = ["times_smaller", "coding_gb_s", "decoding_gb_s"]
        return try zip(own, names).map { row, name throws(Failure) in
            guard let first = before[name]?.number, let last = after[name]?.number,
                first > 0, last > 0
            else { throw Failure(.refused, "the peer printed no \(name)") }
            let figure = name == names[0] ? row.ratio : row.figure
            return BenchRow(
                name: row.name, figure: figure, unit: name == names[0] ? "times smaller" : row.unit,
                against: "the peer's \(Self.text(first)) and \(Self.text(last))",
                ratio: figure / ((first + last) / 2))
        }
    }

    private static func text(_ value: Double) -> String {
        String(format: "%.2f", value)
    }

    private func rows() throws(Failure) -> [BenchRow] {
        guard let coder = GroupCoder() else {
            throw Failure(.internal, "there is no memory for a coder")
        }
        var buffers = Buffers()
        var groups: [Double] = []
        var sums = try round(coder, &buffers, &groups)
        // A first round meets memory that nobody has touched: of a small model it is all there is.
        let end = Clock.monotonic() + Self.repeatNanoseconds
        for _ in 1..<Self.roundsMax where Clock.monotonic() < end {
            var again: [Double] = []
            let next = try round(coder, &buffers, &again)
            if next.decoding < sums.decoding { groups = again }
            sums.encoding = min(sums.encoding, next.encoding)
            sums.decoding = min(sums.decoding, next.decoding)
            sums.hashing = min(sums.hashing, next.hashing)
        }
        let gigabytes = Double(sums.plain) / 1e9
        let ratio = Double(sums.plain) / Double(max(1, sums.coded))
        return [
            BenchRow(
                name: parent == nil ? "coded" : "coded against its parent",
                figure: Double(sums.coded) / 1e6, unit: "MB",
                against: "\(sums.plain / 1_000_000) MB plain, times smaller", ratio: ratio),
            BenchRow(
                name: "coding", figure: gigabytes / sums.encoding, unit: "GB/s",
                against: "BLAKE3 of the same, times longer",
                ratio: sums.encoding / sums.hashing),
            BenchRow(
                name: "decoding", figure: gigabytes / sums.decoding, unit: "GB/s",
                against: "BLAKE3 of the same, times longer",
                ratio: sums.decoding / sums.hashing),
            BenchRow(
                name: "decoding one group, median", figure: BenchCommand.median(groups) * 1_000,
                unit: "ms", against: "all of it, part", ratio: 1 / Double(groups.count)),
        ]
    }

    /// Rounds of which the shortest times count, and nanoseconds after which none begins.
    private static let roundsMax = 9
    private static let repeatNanoseconds: UInt64 = 1_000_000_000

    /// Codes and decodes every group once.
    private func round(
        _ coder: GroupCoder, _ buffers: inout Buffers, _ groups: inout [Double]
    ) throws(Failure) -> Sums {
        var sums = Sums()
        for name in try Self.names(folder) {
            let child = try Self.open("\(folder)/\(name)")
            var source: Weights?
            if let parent {
                let others = try Self.names(parent)
                source = try Self.open(
                    "\(parent)/\(others.contains(name) ? name : others.first ?? name)")
            }
            let plan = SegmentPlan(child.header, parent: source?.header)
            for start in stride(from: 0, to: child.size, by: Int(Self.groupBytes)) {
                let group = start..<min(child.size, start + Self.groupBytes)
                groups.append(try measure(group, child, source, plan, coder, &buffers, &sums))
            }
        }
        return sums
    }

    /// Codes and decodes one group; seconds of decoding.
    private func measure(
        _ group: Range<UInt64>, _ child: Weights, _ parent: Weights?, _ plan: SegmentPlan,
        _ coder: GroupCoder, _ buffers: inout Buffers, _ sums: inout Sums
    ) throws(Failure) -> Double {
        let bytes = try Self.read(child.file, group)
        let segments = plan.segments(of: group)
        var other: [UInt8]?
        if let parent {
            var filled = [UInt8](repeating: 0, count: bytes.count)
            for segment in segments {
                guard let from = segment.parent else { continue }
                let part = try Self.read(parent.file, from..<from + UInt64(segment.length))
                filled.replaceSubrange(segment.offset..<segment.offset + part.count, with: part)
            }
            other = filled
        }
        sums.encoding += BenchCommand.seconds {
            coder.encode(bytes, segments, parent: other, into: &buffers.coded)
        }
        var fault: CodingError?
        let decoding = BenchCommand.seconds {
            do throws(CodingError) {
                try coder.decode(
                    buffers.coded, count: bytes.count, parent: other, into: &buffers.decoded)
            } catch {
                fault = error
            }
        }
        sums.hashing += BenchCommand.seconds { _ = Blake3.hash(bytes) }
        sums.decoding += decoding
        sums.plain += UInt64(bytes.count)
        sums.coded += UInt64(buffers.coded.count)
        guard buffers.decoded == bytes else {
            throw Failure(
                .internal, "a group did not come back",
                why: fault?.description ?? "it decoded to other bytes",
                remedy: "please report this with the file")
        }
        return decoding
    }

    private static func names(_ folder: String) throws(Failure) -> [String] {
        do throws(SystemError) {
            let names = try Directory.list(folder).map(\.name)
                .filter { $0.hasSuffix(".safetensors") }.sorted()
            if !names.isEmpty { return names }
        } catch {
            throw Failure(.notFound, "cannot read \(folder)", why: "\(error)")
        }
        throw Failure(
            .notFound, "there is no .safetensors file in \(folder)",
            remedy: "give the folder of a model or an adapter")
    }

    private static func open(_ path: String) throws(Failure) -> Weights {
        let (file, size) = try onFile(path) { () throws(SystemError) in
            let file = try File(path, .read)
            return (file, try file.facts().size)
        }
        func header(_ count: UInt64) throws(Failure) -> [UInt8] { try read(file, 0..<count) }
        let first = try header(min(8, size))
        let length = try inGenome("reading \(path)") { () throws(GenomeError) in
            try TensorFile.headerLength(first: first, fileSize: size)
        }
        let bytes = try header(UInt64(length))
        let tensors = try inGenome("reading \(path)") { () throws(GenomeError) in
            try TensorFile(header: bytes, fileSize: size)
        }
        return Weights(file: file, size: size, header: tensors)
    }

    private static func read(_ file: File, _ range: Range<UInt64>) throws(Failure) -> [UInt8] {
        try onFile(file.path) { () throws(SystemError) in
            try file.read(count: Int(range.upperBound - range.lowerBound), offset: range.lowerBound)
        }
    }

    private static func onFile<Result>(
        _ path: String, _ body: () throws(SystemError) -> Result
    ) throws(Failure) -> Result {
        do {
            return try body()
        } catch {
            throw Failure(.internal, "cannot read \(path)", why: "\(error)")
        }
    }
}

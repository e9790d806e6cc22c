/// Groups of a blob that came to a peer since it last spoke of them: while it fetches the blob
/// itself, it gives out what it has.
public struct HoldingChange: Equatable, Sendable {
    /// Runs of groups in one message: more are told in the next one.
    public static let runsMax = 1024

    /// The layer through which was asked.
    public let layer: Digest
    /// The blob.
    public let blob: Digest
    /// Runs of groups in rising order, none empty, none touching the next.
    public let runs: [Range<UInt64>]

    /// A change; nil for runs that are not in order, touch, or are too many.
    public init?(layer: Digest, blob: Digest, runs: [Range<UInt64>]) {
        guard Self.isOrdered(runs), runs.count <= Self.runsMax else { return nil }
        self.layer = layer
        self.blob = blob
        self.runs = runs
    }

    /// The groups `numbers` in as many changes as they need.
    public static func all(
        layer: Digest, blob: Digest, groups numbers: [UInt64]
    ) -> [HoldingChange] {
        var runs: [Range<UInt64>] = []
        for number in Set(numbers).sorted() {
            if let last = runs.last, last.upperBound == number {
                runs[runs.count - 1] = last.lowerBound..<number + 1
            } else {
                runs.append(number..<number + 1)
            }
        }
        return stride(from: 0, to: runs.count, by: runsMax).compactMap { start in
            HoldingChange(
                layer: layer, blob: blob,
                runs: Array(runs[start..<min(start + runsMax, runs.count)]))
        }
    }

    private static func isOrdered(_ runs: [Range<UInt64>]) -> Bool {
        !runs.contains(where: \.isEmpty)
            && zip(runs, runs.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound }
    }

    /// Each run as the gap before it and its length, both as varints.
    func encode(to writer: inout Writer) {
        writer.write(layer)
        writer.write(blob)
        writer.writeVarint(UInt64(runs.count))
        var end: UInt64 = 0
        for run in runs {
            writer.writeVarint(run.lowerBound - end)
            writer.writeVarint(run.upperBound - run.lowerBound)
            end = run.upperBound
        }
    }

    init(from reader: inout Reader) throws(WireError) {
        layer = try reader.readDigest()
        blob = try reader.readDigest()
        let count = try reader.readCount(limit: Self.runsMax, "runs of groups")
        var runs: [Range<UInt64>] = []
        var end: UInt64 = 0
        for index in 0..<count {
            let gap = try reader.readVarint()
            let length = try reader.readVarint()
            guard length > 0, gap > 0 || index == 0 else { throw .invalid("run of groups") }
            let start = end.addingReportingOverflow(gap)
            let stop = start.partialValue.addingReportingOverflow(length)
            guard !start.overflow, !stop.overflow, stop.partialValue <= Self.groupsMax else {
                throw .tooLarge("group number")
            }
            runs.append(start.partialValue..<stop.partialValue)
            end = stop.partialValue
        }
        self.runs = runs
    }

    /// Groups of the largest blob, 1 TiB.
    private static let groupsMax = Limits.blobBytesMax / UInt64(HashTree.groupBytes)
}

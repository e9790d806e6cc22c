import Foundation
import Genome
import Host
import Wire

/// A model file of random weights, spread as at the start of a training, in a folder of its own
/// that is removed at the end: for measurements of somebody who gives none.
final class BenchModel {
    /// The folder.
    let path: String

    /// Makes a model of that many MiB of bf16.
    init(megabytes: Int, _ report: Report) throws(Failure) {
        let parent = Machine.environment("TMPDIR") ?? "/var/tmp"
        path = "\(parent)/plasmid-bench-\(Hexadecimal.encode(Sodium.random(count: 6)))"
        report.note("making \(megabytes) MiB of random bf16 weights in \(path)")
        do throws(SystemError) {
            try Directory.create(path)
            let file = try File("\(path)/model.safetensors", .createNew)
            let header = Self.header(rows: megabytes * Self.rowsPerMegabyte)
            try file.write(header, offset: 0)
            for index in 0..<megabytes {
                let offset = UInt64(header.count) + UInt64(index) << 20
                try file.write(Self.weights(1 << 20), offset: offset)
            }
        } catch {
            throw Failure(.quota, "the bench's model cannot be made: \(error)")
        }
    }

    deinit { try? Directory.removeTree(path) }

    private static let columns = 1_024
    private static let rowsPerMegabyte = (1 << 20) / (2 * columns)

    private static func header(rows: Int) -> [UInt8] {
        let size = rows * columns * 2
        let text =
            #"{"model.weight":{"dtype":"BF16","shape":[\#(rows),\#(columns)],"#
            + #""data_offsets":[0,\#(size)]}}"#
        let padded = Array(text.utf8) + [UInt8](repeating: 32, count: (8 - text.utf8.count % 8) % 8)
        return (0..<8).map { UInt8(truncatingIfNeeded: padded.count >> (8 * $0)) } + padded
    }

    /// Normal with deviation 0.02, two at a time (Box and Muller 1958).
    private static func weights(_ byteCount: Int) -> [UInt8] {
        var bytes = Sodium.random(count: byteCount)
        let chances = bytes
        for place in stride(from: 0, to: byteCount, by: 4) {
            // Two even chances of 16 bits, none of them zero.
            let first = Float(UInt32(chances[place]) | UInt32(chances[place + 1]) << 8) + 0.5
            let second = Float(UInt32(chances[place + 2]) | UInt32(chances[place + 3]) << 8)
            let radius = 0.02 * (-2 * log(first / 65_536)).squareRoot()
            let angle = second / 65_536 * 2 * .pi
            for (offset, value) in [(0, radius * cos(angle)), (2, radius * sin(angle))] {
                let half = value.bitPattern >> 16
                bytes[place + offset] = UInt8(truncatingIfNeeded: half)
                bytes[place + offset + 1] = UInt8(truncatingIfNeeded: half >> 8)
            }
        }
        return bytes
    }
}

import Foundation
import Wire

/// bfloat16 weights as trained ones are: normal, each tensor of a scale of its own. The same on
/// every machine.
struct TrainedWeights {
    /// Bytes of a tensor.
    private static let tensorBytes = 2 << 20
    private static let columns = 1_024

    private var state: UInt64
    /// The weights of each tensor.
    private(set) var tensors: [[Float]] = []

    /// About so many MiB of weights, in tensors of 2.
    init(mebibytes: Int, seed: UInt64 = 1) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        for index in 0..<mebibytes / 2 {
            let scale = Float(exp2(Double(-4 - index % 5)))
            tensors.append(normals(Self.tensorBytes / 2).map { $0 * scale })
        }
    }

    private mutating func chance() -> Double {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return (Double(state >> 11) + 1) / 0x1p53
    }

    /// Box and Muller's pairs.
    private mutating func normals(_ count: Int) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(count)
        while values.count < count {
            let radius = (-2 * log(chance())).squareRoot()
            let angle = 2 * Double.pi * chance()
            values.append(Float(radius * cos(angle)))
            values.append(Float(radius * sin(angle)))
        }
        return values
    }

    /// The same after small steps, as a fine-tune leaves them.
    func tuned(seed: UInt64 = 2) -> TrainedWeights {
        var child = self
        child.state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        for index in tensors.indices {
            let steps = child.normals(tensors[index].count)
            child.tensors[index] = zip(tensors[index], steps).map { $0 + $0 * $1 * 1e-3 }
        }
        return child
    }

    /// The safetensors file.
    var bytes: [UInt8] {
        let entries = tensors.enumerated().map { index, tensor in
            let place = index * Self.tensorBytes
            return "\"h.\(index).weight\":{\"dtype\":\"BF16\","
                + "\"shape\":[\(tensor.count / Self.columns),\(Self.columns)],"
                + "\"data_offsets\":[\(place),\(place + Self.tensorBytes)]}"
        }
        var header = "{\(entries.joined(separator: ","))}"
        while header.utf8.count % 8 != 0 { header += " " }
        var writer = Writer(reserving: 8)
        writer.write(UInt64(header.utf8.count).byteSwapped)
        var bytes = writer.bytes + Array(header.utf8)
        for tensor in tensors {
            for value in tensor {
                // To the nearest, ties to even.
                let bits = value.bitPattern
                let rounded = (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16
                bytes.append(UInt8(truncatingIfNeeded: rounded))
                bytes.append(UInt8(truncatingIfNeeded: rounded >> 8))
            }
        }
        return bytes
    }
}

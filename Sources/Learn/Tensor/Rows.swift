import CKernels
import Host

/// Activations: `width` f32 values for each of `count` rows, in memory that an arena keeps.
struct Rows {
    /// First value of the first row.
    let start: UnsafeMutablePointer<Float>
    /// Rows that fit.
    let count: Int
    /// Values of a row.
    let width: Int
    /// Values from one row to the next.
    let stride: Int

    /// Row `row`.
    subscript(row: Int) -> UnsafeMutablePointer<Float> { start + row * stride }

    /// Columns `range` of every row.
    func columns(_ range: Range<Int>) -> Rows {
        precondition(range.lowerBound >= 0 && range.upperBound <= width)
        return Rows(
            start: start + range.lowerBound, count: count, width: range.count, stride: stride)
    }

    /// The values of one row.
    func values(_ row: Int) -> [Float] {
        Array(UnsafeBufferPointer(start: self[row], count: width))
    }

    /// Copies values into a row.
    func store(_ values: [Float], row: Int) {
        precondition(values.count == width && (0..<count).contains(row))
        values.withUnsafeBufferPointer { source in
            if let first = source.baseAddress { self[row].update(from: first, count: width) }
        }
    }

    /// Index of a row's largest value, the first of equals.
    func argmax(_ row: Int) -> Int { plasmid_argmax(self[row], width) }

    /// Whether all values of a row are finite.
    func isFinite(_ row: Int) -> Bool {
        plasmid_all_finite(self[row], Element.float32.code, width) != 0
    }

    /// The bytes of rows `range`, which lie without gaps.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        precondition(stride == width && range.upperBound <= count)
        return Array(
            UnsafeRawBufferPointer(
                start: self[range.lowerBound], count: range.count * width * 4))
    }
}

/// A left operand of products as the kernels pack it.
struct Left {
    /// Its memory, 64-byte aligned.
    let start: UnsafeMutableRawPointer
    /// Rows that are packed.
    var rows: Int = 0
    /// Reduced length.
    var reduced: Int = 0

    /// Tiles that `rows` rows are packed in.
    static func tiles(_ rows: Int) -> Int {
        (rows + Int(PLASMID_TILE_ROWS) - 1) / Int(PLASMID_TILE_ROWS)
    }
}

/// Hands out parts of one block of memory, each on a cache line of its own.
struct Arena {
    private let memory: Memory
    private var used = 0

    /// An arena of `bytes` bytes.
    init(bytes: Int) throws(LearnError) {
        do throws(SystemError) {
            memory = try Memory(count: max(bytes, 4_096))
        } catch {
            throw .request(.noMemory(bytes: bytes))
        }
    }

    /// Keeps the memory alive.
    var owner: Memory { memory }

    /// Room for rows of activations.
    mutating func rows(_ count: Int, width: Int) -> Rows {
        let start = take(count * width * 4).assumingMemoryBound(to: Float.self)
        return Rows(start: start, count: count, width: width, stride: width)
    }

    /// Room for a packed left operand of up to `rows` x `reduced`.
    mutating func left(_ rows: Int, reduced: Int, _ profile: Profile) -> Left {
        Left(start: take(Self.leftBytes(rows, reduced, profile)))
    }

    /// Plain room.
    mutating func take(_ bytes: Int) -> UnsafeMutableRawPointer {
        let start = memory.start + used
        used += Self.rounded(bytes)
        precondition(used <= memory.count, "an arena is sized before it is used")
        return start
    }

    /// Bytes of a packed left operand.
    static func leftBytes(_ rows: Int, _ reduced: Int, _ profile: Profile) -> Int {
        plasmid_left_bytes(profile.code, rows, reduced)
    }

    /// Bytes that a part of `bytes` takes.
    static func rounded(_ bytes: Int) -> Int { (bytes + 127) / 64 * 64 }
}

import CKernels
import Genome
import Host
import Wire

/// Computes the sketch of an adapter's files, reading one factor at a time: nothing is mapped, so
/// that a node may do it that serves others meanwhile.
///
/// The product `B A` is never formed: `zₖ · B A xₖ` is the dot product of `Bᵀ zₖ` and `A xₖ`, and
/// all k of a module are one matrix product for each factor.
public struct AdapterSketch {
    /// Elements of a factor that are in memory at a time: 64 MiB of f32. Layers of strangers are
    /// looked at by a node that serves others, and a larger factor must not be a way around it.
    static let elementsMax = 1 << 24

    /// Packed vectors of each side and length.
    private var probes: [Probe: Scratch] = [:]
    private let scratch: Scratch
    private let elementsMax: Int

    /// The vectors of one side and length.
    private struct Probe: Hashable {
        let isInput: Bool
        let length: Int
        /// Which elements of them.
        let stretch: Range<Int>
    }

    private init(elementsMax: Int) throws(LearnError) {
        self.elementsMax = elementsMax
        scratch = try Scratch(bytes: Int(PLASMID_PRODUCT_SCRATCH))
    }

    /// The sketch of the adapter in these files; nil if there is none.
    public static func compute(_ files: LayerFiles) throws(LearnError) -> WeightsSketch? {
        try compute(files, elementsMax: elementsMax)
    }

    static func compute(
        _ files: LayerFiles, elementsMax: Int
    ) throws(LearnError) -> WeightsSketch? {
        guard let config = try files.bytes(Adapter.configName, limit: AdapterConfig.bytesMax),
            let path = files.paths[Adapter.weightsName]
        else { return nil }
        var sketch = try AdapterSketch(elementsMax: elementsMax)
        return try sketch.run(config, path)
    }

    private mutating func run(
        _ config: [UInt8], _ path: String
    ) throws(LearnError) -> WeightsSketch {
        let file = try Self.reading { () throws(SystemError) in try File(path, .readAtOnce) }
        let tensors = try Self.header(of: file).tensors
        let facts: AdapterFacts
        do throws(GenomeError) {
            facts = try AdapterFacts.check(try AdapterConfig(config), tensors)
        } catch {
            throw .weights(.format(file: Adapter.configName, error))
        }
        var places: [String: [TensorRole: TensorEntry]] = [:]
        for tensor in tensors {
            let (module, role) = TensorRole.role(of: tensor.name)
            places[module, default: [:]][role] = tensor
        }
        var modules: [WeightsSketch.Module] = []
        for module in facts.modules {
            guard let down = places[module.path]?[.down], let up = places[module.path]?[.up] else {
                continue
            }
            let (rank, inputs) = (Int(module.rank), Int(module.inputs))
            let left = try project(
                down, of: file, rank: rank, length: inputs, layout: PLASMID_OUTPUT_ROWS)
            let right = try project(
                up, of: file, rank: rank, length: Int(module.outputs),
                layout: PLASMID_REDUCED_ROWS)
            if let bits = Self.signs(left, right, rank: rank) {
                modules.append(.init(path: module.path, low: bits.low, high: bits.high))
            }
        }
        return WeightsSketch(modules)
    }

    /// One factor times all vectors of its side: [vectors, rank], row by row. A factor that is
    /// larger than `elementsMax` is read in stretches of rows, whose products are added.
    private mutating func project(
        _ tensor: TensorEntry, of file: File, rank: Int, length: Int, layout: plasmid_layout
    ) throws(LearnError) -> [Float] {
        guard let bytes = tensor.shape.byteCount(of: tensor.type),
            bytes == tensor.range.upperBound - tensor.range.lowerBound,
            tensor.shape.elementCount == UInt64(rank) * UInt64(length)
        else { throw .weights(.missingTensor(tensor.name)) }
        let isInput = layout == PLASMID_OUTPUT_ROWS
        let (rows, columns) = isInput ? (rank, length) : (length, rank)
        let step = max(1, elementsMax / columns)
        var out = [Float](repeating: 0, count: WeightsSketch.bitCount * rank)
        for start in stride(from: 0, to: rows, by: step) {
            let stretch = start..<min(start + step, rows)
            let values = try Self.values(tensor, of: file, rows: stretch, columns: columns)
            let left = try probe(
                Probe(
                    isInput: isInput, length: length,
                    stretch: isInput ? 0..<length : stretch))
            var part = [Float](repeating: 0, count: WeightsSketch.bitCount * rank)
            let outputs = isInput ? stretch.count : rank
            let space = scratch.start
            values.withUnsafeBytes { stored in
                guard let data = stored.baseAddress else { return }
                var right = plasmid_right(
                    data: data, stride: columns, element: Element.float32.code,
                    layout: Int32(layout.rawValue))
                plasmid_product(
                    Profile.portable.code, left.start, WeightsSketch.bitCount,
                    isInput ? length : stretch.count, &right, 0, outputs, &part, rank, space)
            }
            // Of the first factor each stretch gives columns of its own.
            let shift = isInput ? start : 0
            for row in 0..<WeightsSketch.bitCount {
                for column in 0..<outputs {
                    out[row * rank + column + shift] += part[row * rank + column]
                }
            }
        }
        return out
    }

    /// Rows of a stored matrix as f32, from any type that has fractions.
    private static func values(
        _ tensor: TensorEntry, of file: File, rows: Range<Int>, columns: Int
    ) throws(LearnError) -> [Float] {
        let width = Int(tensor.type.bits / 8)
        let count = rows.count * columns
        let offset = tensor.range.lowerBound + UInt64(rows.lowerBound * columns * width)
        let bytes = try reading { () throws(SystemError) in
            try file.read(count: count * width, offset: offset)
        }
        guard bytes.count == count * width else {
            throw .weights(.unreadable(file: Adapter.weightsName, "it ends early"))
        }
        if let element = Element(tensor.type) {
            return bytes.withUnsafeBytes { stored in
                guard let start = stored.baseAddress else { return [] }
                return Stored(data: start, element: element, rows: rows.count, columns: columns)
                    .values()
            }
        }
        guard tensor.type == .float64 else {
            throw .weights(.wrongType(tensor: tensor.name, type: tensor.type.rawValue))
        }
        return bytes.withUnsafeBytes { stored in
            (0..<count).map { index in
                let bits = stored.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
                return Float(Double(bitPattern: UInt64(littleEndian: bits)))
            }
        }
    }

    /// The packed vectors of a side, made once for each length. Their signs are the bits of
    /// BLAKE3-256 of `plasmid-sketch-v1`, the side (`x` or `z`), the length as decimal digits, the
    /// number of the vector and that of the block of 256 signs, with blanks between.
    private mutating func probe(_ probe: Probe) throws(LearnError) -> Scratch {
        if let known = probes[probe] { return known }
        let count = WeightsSketch.bitCount
        let (stretch, width) = (probe.stretch, probe.stretch.count)
        var signs = [Float](repeating: 0, count: count * width)
        for vector in 0..<count {
            let side = probe.isInput ? "x" : "z"
            for block in stretch.lowerBound / 256...(stretch.upperBound - 1) / 256 {
                let name = "plasmid-sketch-v1 \(side) \(probe.length) \(vector) \(block)"
                let hash = Blake3.hash(Array(name.utf8)).bytes
                for index in stretch.clamped(to: block * 256..<block * 256 + 256) {
                    let bit = hash[index % 256 / 8] >> (index % 8) & 1
                    signs[vector * width + index - stretch.lowerBound] = bit == 1 ? 1 : -1
                }
            }
        }
        let profile = Profile.portable.code
        let memory = try Scratch(bytes: Int(plasmid_left_bytes(profile, count, width)))
        plasmid_left_pack(
            profile, signs, width, count, width, 0, Left.tiles(count), memory.start)
        // Those of a part are used once.
        if width == probe.length { probes[probe] = memory }
        return memory
    }

    /// The signs of the dot products of equal rows; nil where all are zero.
    private static func signs(
        _ left: [Float], _ right: [Float], rank: Int
    ) -> (low: UInt64, high: UInt64)? {
        var words: (low: UInt64, high: UInt64) = (0, 0)
        var isZero = true
        for row in 0..<WeightsSketch.bitCount {
            var sum = 0.0
            for index in row * rank..<(row + 1) * rank {
                sum += Double(left[index]) * Double(right[index])
            }
            if sum != 0 { isZero = false }
            guard sum > 0 else { continue }
            if row < 64 { words.low |= 1 << row } else { words.high |= 1 << (row - 64) }
        }
        return isZero ? nil : words
    }

    private static func header(of file: File) throws(LearnError) -> TensorFile {
        let size = try reading { () throws(SystemError) in try file.facts().size }
        let first = try reading { () throws(SystemError) in try file.read(count: 8, offset: 0) }
        let name = Adapter.weightsName
        do throws(GenomeError) {
            let length = try TensorFile.headerLength(
                first: first, fileSize: size, headerMax: TensorFile.adapterHeaderMax)
            let header: [UInt8]
            do throws(SystemError) {
                header = try file.read(count: length, offset: 0)
            } catch {
                throw GenomeError.tensors(.endsEarly, tensor: nil)
            }
            return try TensorFile(
                header: header, fileSize: size, headerMax: TensorFile.adapterHeaderMax)
        } catch {
            throw .weights(.format(file: name, error))
        }
    }

    private static func reading<Result>(
        _ body: () throws(SystemError) -> Result
    ) throws(LearnError) -> Result {
        do throws(SystemError) {
            return try body()
        } catch {
            throw .weights(.unreadable(file: Adapter.weightsName, error.reason))
        }
    }
}

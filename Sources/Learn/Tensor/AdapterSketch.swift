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
    /// Largest factor that is read: 2^30 bytes are rank 1,024 for a module of 262,144 inputs.
    static let factorBytesMax: UInt64 = 1 << 30

    /// Packed vectors of each side and length.
    private var probes: [Probe: Scratch] = [:]
    private let scratch: Scratch

    /// The vectors of one side and length.
    private struct Probe: Hashable {
        let isInput: Bool
        let length: Int
    }

    private init() throws(LearnError) {
        scratch = try Scratch(bytes: Int(PLASMID_PRODUCT_SCRATCH))
    }

    /// The sketch of the adapter in these files; nil if there is none.
    public static func compute(_ files: LayerFiles) throws(LearnError) -> WeightsSketch? {
        guard let config = try files.bytes(Adapter.configName, limit: AdapterConfig.bytesMax),
            let path = files.paths[Adapter.weightsName]
        else { return nil }
        var sketch = try AdapterSketch()
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

    /// One factor times all vectors of its side: [vectors, rank], row by row.
    private mutating func project(
        _ tensor: TensorEntry, of file: File, rank: Int, length: Int, layout: plasmid_layout
    ) throws(LearnError) -> [Float] {
        let size = tensor.range.upperBound - tensor.range.lowerBound
        guard let element = Element(tensor.type) else {
            throw .weights(.wrongType(tensor: tensor.name, type: tensor.type.rawValue))
        }
        guard size <= Self.factorBytesMax, size == UInt64(rank * length * element.bytes) else {
            throw .weights(
                .format(
                    file: Adapter.weightsName,
                    .tooLarge(what: "factor \(tensor.name)", limit: Int(Self.factorBytesMax))))
        }
        let isInput = layout == PLASMID_OUTPUT_ROWS
        let left = try probe(Probe(isInput: isInput, length: length))
        let bytes = try Self.reading { () throws(SystemError) in
            try file.read(count: Int(size), offset: tensor.range.lowerBound)
        }
        guard bytes.count == Int(size) else {
            throw .weights(.unreadable(file: Adapter.weightsName, "it ends early"))
        }
        var out = [Float](repeating: 0, count: WeightsSketch.bitCount * rank)
        let space = scratch.start
        bytes.withUnsafeBytes { stored in
            guard let start = stored.baseAddress else { return }
            var right = plasmid_right(
                data: start, stride: isInput ? length : rank, element: element.code,
                layout: Int32(layout.rawValue))
            plasmid_product(
                Profile.portable.code, left.start, WeightsSketch.bitCount, length, &right, 0, rank,
                &out, rank, space)
        }
        return out
    }

    /// The packed vectors of a side, made once for each length. Their signs are the bits of
    /// BLAKE3-256 of `plasmid-sketch-v1`, the side (`x` or `z`), the length as decimal digits, the
    /// number of the vector and that of the block of 256 signs, with blanks between.
    private mutating func probe(_ probe: Probe) throws(LearnError) -> Scratch {
        if let known = probes[probe] { return known }
        let count = WeightsSketch.bitCount
        var signs = [Float](repeating: 0, count: count * probe.length)
        for vector in 0..<count {
            var place = vector * probe.length
            let end = place + probe.length
            var block = 0
            while place < end {
                let side = probe.isInput ? "x" : "z"
                let name = "plasmid-sketch-v1 \(side) \(probe.length) \(vector) \(block)"
                for byte in Blake3.hash(Array(name.utf8)).bytes {
                    for bit in 0..<min(8, end - place) {
                        signs[place + bit] = byte >> bit & 1 == 1 ? 1 : -1
                    }
                    place += min(8, end - place)
                }
                block += 1
            }
        }
        let profile = Profile.portable.code
        let memory = try Scratch(bytes: Int(plasmid_left_bytes(profile, count, probe.length)))
        plasmid_left_pack(
            profile, signs, probe.length, count, probe.length, 0, Left.tiles(count),
            memory.start)
        probes[probe] = memory
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

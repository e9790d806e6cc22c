import Genome
import Wire

/// Which bytes of a file are elements of which tensor, and where a parent's file has the same ones:
/// by name, type and shape, as tensors move when a file is written anew.
public struct SegmentPlan: Sendable {
    private struct Tensor: Sendable {
        let range: Range<UInt64>
        let type: ElementType
        let columns: Int
        let role: String
        let parent: UInt64?
    }

    /// A file whose tensors may be drawn on.
    struct Parent: Sendable {
        /// Its tensors.
        let file: TensorFile
        /// Where it begins when all parents stand in a row.
        let start: UInt64
        /// The hash of each tensor by name, as far as they are known.
        var hashes: [String: Digest] = [:]
    }

    private let tensors: [Tensor]
    /// Which of the parents have a tensor that this file draws on.
    let parentsUsed: Set<Int>

    /// The plan of a file without tensors: all of it are bytes.
    init() {
        tensors = []
        parentsUsed = []
    }

    /// The plan of a safetensors file, with its parent where it has one.
    public init(_ file: TensorFile, parent: TensorFile? = nil) {
        self.init(file, parents: parent.map { [Parent(file: $0, start: 0)] } ?? [])
    }

    /// The plan of a safetensors file whose tensors have these hashes, as far as they are known. A
    /// tensor draws on one with the same hash, else on one of the same name, type and shape.
    init(_ file: TensorFile, hashes: [String: Digest] = [:], parents: [Parent]) {
        var byName: [String: (parent: Int, tensor: TensorEntry)] = [:]
        var byHash: [Digest: (parent: Int, tensor: TensorEntry)] = [:]
        for (index, parent) in parents.enumerated() {
            for tensor in parent.file.tensors {
                if byName[tensor.name] == nil { byName[tensor.name] = (index, tensor) }
                guard let hash = parent.hashes[tensor.name], byHash[hash] == nil else { continue }
                byHash[hash] = (index, tensor)
            }
        }
        var used: Set<Int> = []
        tensors = file.tensors.map { tensor in
            let equal = hashes[tensor.name].flatMap { byHash[$0] }.flatMap {
                $0.tensor.type == tensor.type && $0.tensor.range.count == tensor.range.count
                    ? $0 : nil
            }
            let same = byName[tensor.name].flatMap {
                $0.tensor.type == tensor.type && $0.tensor.shape == tensor.shape ? $0 : nil
            }
            var type = ElementType(tensor.type)
            // What is equal needs no arithmetic: as pairs of bytes it is told by one byte too.
            if type == .bytes, equal != nil, tensor.range.count > 1 { type = .bf16 }
            let source = type == .bytes ? nil : equal ?? same
            if let source { used.insert(source.parent) }
            return Tensor(
                range: tensor.range, type: type,
                columns: Int(clamping: tensor.shape.dimensions.last ?? 1),
                role: Self.role(tensor.name),
                parent: source.map { parents[$0.parent].start + $0.tensor.range.lowerBound })
        }
        parentsUsed = used
    }

    /// A name with each run of digits as `#`: what blocks of a model have in common.
    static func role(_ name: String) -> String {
        var role = ""
        for character in name {
            if !character.isNumber {
                role.append(character)
            } else if role.last != "#" {
                role.append("#")
            }
        }
        return role
    }

    /// The segments of a group that covers these bytes of the file, those of one type together and
    /// of one role next to each other. Bytes of no tensor and parts of elements are bytes.
    public func segments(of group: Range<UInt64>) -> [CodedSegment] {
        var found: [(segment: CodedSegment, role: String)] = []
        var position = group.lowerBound
        func add(to end: UInt64, _ type: ElementType, _ tensor: Tensor? = nil) {
            guard end > position else { return }
            let inside = tensor.map { position - $0.range.lowerBound } ?? 0
            let columns = tensor?.columns ?? 0
            found.append(
                (
                    CodedSegment(
                        offset: Int(position - group.lowerBound), length: Int(end - position),
                        type: type, columns: columns,
                        phase: columns > 0 ? Int(inside) / type.width % columns : 0,
                        parent: tensor?.parent.map { $0 + inside }), tensor?.role ?? ""
                ))
            position = end
        }
        var index = firstTensor(behind: group.lowerBound)
        while index < tensors.count, tensors[index].range.lowerBound < group.upperBound {
            let tensor = tensors[index]
            index += 1
            add(to: min(tensor.range.lowerBound, group.upperBound), .bytes)
            let end = min(tensor.range.upperBound, group.upperBound)
            guard tensor.type != .bytes, end > position else {
                add(to: end, .bytes)
                continue
            }
            let width = UInt64(tensor.type.width)
            let before = (position - tensor.range.lowerBound) % width
            if before > 0 { add(to: min(end, position + width - before), .bytes) }
            let whole = max(position, end - (end - tensor.range.lowerBound) % width)
            add(to: whole, tensor.type, tensor)
            add(to: end, .bytes)
        }
        add(to: group.upperBound, .bytes)
        guard found.count <= GroupCoder.segmentsMax else {
            let length = Int(group.upperBound - group.lowerBound)
            return [CodedSegment(offset: 0, length: length, type: .bytes)]
        }
        return found.sorted {
            ($0.segment.type.rawValue, $0.role, $0.segment.offset)
                < ($1.segment.type.rawValue, $1.role, $1.segment.offset)
        }.map(\.segment)
    }

    /// The first tensor that ends behind a byte.
    private func firstTensor(behind position: UInt64) -> Int {
        var (low, high) = (0, tensors.count)
        while low < high {
            let middle = (low + high) / 2
            if tensors[middle].range.upperBound <= position {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

extension ElementType {
    /// How elements of a tensor are coded.
    init(_ type: TensorType) {
        switch type {
        case .bfloat16: self = .bf16
        case .float16: self = .f16
        case .float32: self = .f32
        default: self = .bytes
        }
    }
}

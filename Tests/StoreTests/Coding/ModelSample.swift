import Foundation
import Genome
import Host
import Wire

@testable import Store

/// Files of small models and of their children, in a home: what coded files are made of.
struct ModelSample {
    /// A tensor: name, type as the format says it, rows, columns, weights.
    struct Tensor {
        let name: String
        let type: String
        let columns: Int
        var weights: [Float]

        var bytes: [UInt8] {
            let kind: ElementType =
                switch type {
                case "BF16": .bf16
                case "F16": .f16
                case "F32": .f32
                default: .bytes
                }
            return CodingSamples.bytes(weights, kind)
        }
    }

    var tensors: [Tensor]
    /// Bytes of metadata before the tensors: moves everything behind.
    var note = ""

    /// A model of so many blocks of 128 KiB each.
    static func base(blocks: Int, type: String = "BF16", seed: UInt64 = 1) -> ModelSample {
        var samples = CodingSamples(seed)
        return ModelSample(
            tensors: (0..<blocks).map { block in
                let width = type == "F32" ? 4 : 2
                return Tensor(
                    name: "h.\(block).w", type: type, columns: 256,
                    weights: samples.weights(131_072 / width, .trained, columns: 256))
            })
    }

    /// The same after a few small steps.
    func tuned(_ step: Float = 1e-3, seed: UInt64 = 2) -> ModelSample {
        var samples = CodingSamples(seed)
        var child = self
        for index in child.tensors.indices {
            child.tensors[index].weights = child.tensors[index].weights.map {
                $0 + $0 * samples.normal() * step
            }
        }
        return child
    }

    /// The file.
    var bytes: [UInt8] {
        var place = 0
        var entries = note.isEmpty ? [] : ["\"__metadata__\":{\"note\":\"\(note)\"}"]
        var data: [UInt8] = []
        for tensor in tensors {
            let bytes = tensor.bytes
            entries.append(
                "\"\(tensor.name)\":{\"dtype\":\"\(tensor.type)\","
                    + "\"shape\":[\(tensor.weights.count / tensor.columns),\(tensor.columns)],"
                    + "\"data_offsets\":[\(place),\(place + bytes.count)]}")
            place += bytes.count
            data += bytes
        }
        let header = Array("{\(entries.joined(separator: ","))}".utf8)
        return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + data
    }

    /// The file as a blob of a home.
    func stored(_ layout: Layout) throws -> TensorBlob {
        let blob = try BlobImport.run(bytes: bytes, into: layout)
        return try TensorBlob(try BlobReader(blob.id, layout: layout))
    }
}

extension TensorBlob {
    /// Codes it and leaves only the coded form; the head.
    @discardableResult
    func recode(
        _ layout: Layout, against parents: [TensorBlob] = [], costMax: Int = CodedHeader.costMax
    ) throws -> CodedHeader? {
        let path = layout.coded(reader.id)
        try Directory.create(Layout.folder(of: path))
        let header = try CoderShelf.shared.with { decoder throws(StoreError) -> CodedHeader? in
            let file = try onDisk { () throws(SystemError) in try File(path, .createNew) }
            return try BlobCoder(self, costMax: costMax, decoder: decoder)
                .write(to: file, candidates: [parents]) { (_) throws(StoreError) in }
        }
        try Directory.removeFile(header == nil ? path : layout.object(reader.id))
        return header
    }

    /// The same blob in the form that it has now.
    func reopened(_ layout: Layout) throws -> TensorBlob {
        try TensorBlob(try BlobReader(reader.id, layout: layout))
    }
}

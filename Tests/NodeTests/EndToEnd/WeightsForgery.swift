import Foundation
import Genome
import Learn
import Testing
import Wire

/// The sample adapter as somebody would change it who wants nobody to know where it comes from.
struct WeightsForgery {
    /// Factors by name.
    private var tensors: [(name: String, shape: [Int], values: [Float])]

    /// The sample adapter itself.
    init() throws {
        let path = "\(LearningSample.adapter)/adapter_model.safetensors"
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let length = try TensorFile.headerLength(
            first: Array(bytes.prefix(8)), fileSize: UInt64(bytes.count), headerMax: 1 << 20)
        let file = try TensorFile(
            header: Array(bytes.prefix(Int(length))), fileSize: UInt64(bytes.count),
            headerMax: 1 << 20)
        tensors = try file.tensors.map { entry in
            (
                entry.name, entry.shape.dimensions.map { Int($0) },
                try LearningSample.tensor(entry.name, in: path)
            )
        }
    }

    /// What is done to the factors.
    enum Change: String, CaseIterable, CustomTestStringConvertible {
        case nothing, slightNoise, noise, half, turned, refactored

        var testDescription: String { rawValue }
    }

    /// The adapter after a change.
    func changed(_ change: Change) -> WeightsForgery {
        var forgery = self
        var state: UInt64 = 77
        func random() -> Float {
            (0..<4).reduce(Float(0)) { sum, _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return sum + Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-31
            }
        }
        for index in tensors.indices {
            let (name, shape, values) = tensors[index]
            let isUp = name.contains("lora_B")
            let mean = values.reduce(Float(0)) { $0 + $1 * $1 } / Float(values.count)
            // The sum of four numbers from -1 to 1 varies by 4/3.
            let unit = (mean * 3 / 4).squareRoot()
            switch change {
            case .nothing: break
            case .slightNoise, .noise:
                let part: Float = change == .noise ? 0.05 : 0.01
                forgery.tensors[index].values = values.map { $0 + part * unit * random() }
            case .half: if isUp { forgery.tensors[index].values = values.map { $0 / 2 } }
            case .turned: if isUp { forgery.tensors[index].values = values.map { -$0 } }
            case .refactored:
                // A's second row gets the first one's triple added, B's first column loses it.
                let (rows, columns) = (shape[0], shape[1])
                if isUp {
                    for row in 0..<rows {
                        forgery.tensors[index].values[row * columns] -=
                            3 * values[row * columns + 1]
                    }
                } else {
                    for column in 0..<columns {
                        forgery.tensors[index].values[columns + column] += 3 * values[column]
                    }
                }
            }
        }
        return forgery
    }

    /// Writes a PEFT folder without a card.
    func write(to folder: String) throws -> String {
        let place = URL(fileURLWithPath: folder)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: "\(LearningSample.adapter)/adapter_config.json",
            toPath: "\(folder)/adapter_config.json")
        var bytes = TensorHeader.bytes(tensors.map { ($0.name, "F32", $0.shape) })
        for value in tensors.flatMap(\.values) {
            bytes += (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
        }
        try Data(bytes).write(to: place.appending(path: "adapter_model.safetensors"))
        return folder
    }
}

import Foundation
import Genome
import Testing
import Wire

@testable import Learn

@Suite("The sketch of an adapter")
struct AdapterSketchTests {
    /// An adapter in memory: modules with A [rank, inputs] and B [outputs, rank].
    private struct Made {
        var rank = 4
        var inputs = 96
        var outputs = 160
        var modules: [(down: [Float], up: [Float])]

        init(seed: UInt64, modules count: Int = 6) {
            var state = seed
            // The sum of four uniform numbers is close enough to a normal one.
            func next() -> Float {
                (0..<4).reduce(Float(0)) { sum, _ in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return sum + Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-31
                }
            }
            let (rank, inputs, outputs) = (rank, inputs, outputs)
            modules = (0..<count).map { _ in
                (
                    (0..<rank * inputs).map { _ in next() },
                    (0..<outputs * rank).map { _ in next() }
                )
            }
        }

        /// Both factors with noise of that part of their size.
        func noisy(_ part: Float) -> Made {
            let noise = Made(seed: 99, modules: modules.count)
            var made = self
            for index in modules.indices {
                for place in made.modules[index].down.indices {
                    made.modules[index].down[place] += part * noise.modules[index].down[place]
                }
                for place in made.modules[index].up.indices {
                    made.modules[index].up[place] += part * noise.modules[index].up[place]
                }
            }
            return made
        }

        /// Other factors of the same products, times `scale`: rows of A are mixed by a matrix,
        /// columns of B by its inverse.
        func refactored(_ scale: Float) -> Made {
            var made = self
            for index in modules.indices {
                let (down, up) = modules[index]
                for column in 0..<inputs {
                    // Q = [[1, 2], [0, 1]] on the first two rows, then a change of places.
                    let (first, second) = (down[column], down[inputs + column])
                    made.modules[index].down[column] = down[2 * inputs + column] * 8
                    made.modules[index].down[inputs + column] = first + 2 * second
                    made.modules[index].down[2 * inputs + column] = second
                }
                for row in 0..<outputs {
                    let place = row * rank
                    let (first, second, third) = (up[place], up[place + 1], up[place + 2])
                    made.modules[index].up[place] = third / 8 * scale
                    made.modules[index].up[place + 1] = first * scale
                    made.modules[index].up[place + 2] = (second - 2 * first) * scale
                    made.modules[index].up[place + 3] = up[place + 3] * scale
                }
            }
            return made
        }

        func write(type: String = "F32") throws -> LayerFiles {
            let folder = FileManager.default.temporaryDirectory
                .appending(path: "plasmid-sketch-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            var tensors: [(name: String, type: String, shape: [Int])] = []
            var data: [UInt8] = []
            for (index, module) in modules.enumerated() {
                let name = "base_model.model.layers.\(index).q_proj"
                for (part, values, shape) in [
                    ("lora_A", module.down, [rank, inputs]),
                    ("lora_B", module.up, [outputs, rank]),
                ] {
                    tensors.append(("\(name).\(part).weight", type, shape))
                    for value in values {
                        let bits = value.bitPattern
                        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
                        let wide = Double(value).bitPattern
                        switch type {
                        case "BF16": data += bytes[2...]
                        case "F64":
                            data += (0..<8).map { UInt8(truncatingIfNeeded: wide >> ($0 * 8)) }
                        default: data += bytes
                        }
                    }
                }
            }
            let config = #"{"peft_type":"LORA","r":4,"lora_alpha":8,"target_modules":["q_proj"]}"#
            try Data(config.utf8).write(to: folder.appending(path: "adapter_config.json"))
            try Data(TensorHeader.bytes(tensors) + data).write(
                to: folder.appending(path: "adapter_model.safetensors"))
            return try LayerFiles(folder: folder.path)
        }

        func sketch(type: String = "F32") throws -> WeightsSketch {
            try #require(try AdapterSketch.compute(try write(type: type)))
        }
    }

    private func likeness(_ left: Made, _ right: Made) throws -> Likeness {
        Likeness(try left.sketch(), try right.sketch())
    }

    /// Sign k of a side and length, as the page says.
    private func sign(_ side: String, _ length: Int, _ vector: Int, _ index: Int) -> Double {
        let name = "plasmid-sketch-v1 \(side) \(length) \(vector) \(index / 256)"
        let bytes = Blake3.hash(Array(name.utf8)).bytes
        return bytes[index % 256 / 8] >> (index % 8) & 1 == 1 ? 1 : -1
    }

    @Test func `has the signs of products with fixed vectors`() throws {
        let made = Made(seed: 1, modules: 2)
        let sketch = try made.sketch()
        #expect(sketch.modules.map(\.path) == ["layers.0.q_proj", "layers.1.q_proj"])
        for (index, module) in made.modules.enumerated() {
            for bit in [0, 1, 63, 64, 127] {
                var sum = 0.0
                for rank in 0..<made.rank {
                    let right = (0..<made.inputs).reduce(0.0) {
                        $0 + Double(module.down[rank * made.inputs + $1])
                            * sign("x", made.inputs, bit, $1)
                    }
                    let left = (0..<made.outputs).reduce(0.0) {
                        $0 + Double(module.up[$1 * made.rank + rank])
                            * sign("z", made.outputs, bit, $1)
                    }
                    sum += left * right
                }
                let word = bit < 64 ? sketch.modules[index].low : sketch.modules[index].high
                #expect((word >> (bit % 64) & 1 == 1) == (sum > 0))
            }
        }
    }

    @Test func `is the same for other factors of one product, scaled and turned`() throws {
        let made = Made(seed: 1)
        for scale in [Float(1), 0.5, -1, -3] {
            #expect(try likeness(made, made.refactored(scale)).distance < 0.001, "\(scale)")
        }
        // Rounding to bf16 moves few signs.
        let rounded = Likeness(try made.sketch(), try made.sketch(type: "BF16"))
        #expect(rounded.distance < 0.01 && rounded.isNear)
    }

    @Test func `is near for noise, and far for strangers`() throws {
        let made = Made(seed: 1)
        let slight = try likeness(made, made.noisy(0.01))
        let clear = try likeness(made, made.noisy(0.05))
        #expect(slight.isNear && slight.distance < 0.02)
        #expect(clear.isNear && clear.distance < 0.06 && clear.distance > slight.distance)
        for seed in 2..<12 {
            let other = try likeness(made, Made(seed: UInt64(seed)))
            #expect(!other.isNear && other.distance > 0.4, "\(other.distance)")
        }
    }

    @Test func `is the same in stretches and from wide numbers`() throws {
        let made = Made(seed: 1)
        let whole = try made.sketch()
        // Rounding of added parts may turn a sum that is nearly 0.
        for elements in [1, 97, 700] {
            let parts = try AdapterSketch.compute(try made.write(), elementsMax: elements)
            #expect(Likeness(whole, try #require(parts)).distance < 0.003, "\(elements)")
        }
        #expect(Likeness(whole, try made.sketch(type: "F64")).distance < 0.001)
    }

    @Test func `leaves out what adds nothing, and is none without an adapter`() throws {
        var made = Made(seed: 1, modules: 3)
        made.modules[1].up = made.modules[1].up.map { _ in 0 }
        #expect(try made.sketch().modules.map(\.path) == ["layers.0.q_proj", "layers.2.q_proj"])
        #expect(try AdapterSketch.compute(LayerFiles([:], title: "none")) == nil)
    }

    @Test func `refuses a file that is cut`() throws {
        let files = try Made(seed: 1, modules: 1).write()
        let path = try #require(files.paths["adapter_model.safetensors"])
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for count in [0, 7, 40, whole.count - 1] {
            try whole.prefix(count).write(to: URL(fileURLWithPath: path))
            #expect(throws: LearnError.self) { _ = try AdapterSketch.compute(files) }
        }
    }
}

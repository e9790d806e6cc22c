import CKernels
import Foundation
import Testing

/// The operands of `Tests/Kernels/conformance.c`, made again, and its digest.
struct Conformance {
    private(set) var digests: [String: String] = [:]

    static func drawn(_ stream: Int, _ index: Int) -> UInt32 {
        var hash = UInt64(stream) << 32 &+ UInt64(index) &+ 0x9e37_79b9_7f4a_7c15
        hash = (hash ^ hash >> 30) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ hash >> 27) &* 0x94d0_49bb_1331_11eb
        return UInt32(truncatingIfNeeded: (hash ^ hash >> 31) >> 16)
    }

    static func value(_ stream: Int, _ index: Int, _ exponent: UInt32) -> Float {
        let word = drawn(stream, index)
        switch drawn(stream + 1000, index) % 64 {
        case 0: return Float(bitPattern: word & 0x807f_ffff)
        case 1: return Float(bitPattern: word & 0x8000_0000)
        default:
            return Float(bitPattern: (word & 0x807f_ffff) | (exponent + (word >> 23 & 7)) << 23)
        }
    }

    static func values(_ stream: Int, _ count: Int, _ exponent: UInt32) -> [Float] {
        (0..<count).map { value(stream, $0, exponent) }
    }

    mutating func take(_ name: String, _ bytes: UnsafeRawBufferPointer) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let text = String(hash, radix: 16)
        digests[name] = String(repeating: "0", count: 16 - text.count) + text
    }

    mutating func take<Element>(_ name: String, _ elements: [Element]) {
        elements.withUnsafeBytes { take(name, $0) }
    }
}

extension Conformance {
    static let shapes: [(rows: Int, outputs: Int, reduced: Int, exponent: UInt32)] = [
        (1, 1, 1, 120), (2, 33, 31, 60), (12, 64, 512, 120), (13, 45, 513, 60),
        (25, 70, 1030, 120), (4, 100, 700, 60), (3, 17, 1025, 58),
    ]

    private static func weights(
        _ element: Int, _ stream: Int, _ count: Int, _ exponent: UInt32
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for index in 0..<count {
            let word = value(stream, index, exponent).bitPattern
            if element == 0 {
                withUnsafeBytes(of: word) { bytes.append(contentsOf: $0) }
            } else {
                let half =
                    element == 1 ? UInt16(word >> 16) : UInt16(drawn(stream, index) & 0xbfff)
                withUnsafeBytes(of: half) { bytes.append(contentsOf: $0) }
            }
        }
        return bytes
    }

    mutating func products() {
        for (profile, profileName) in ["portable-f32", "bf16dot"].enumerated() {
            for (element, elementName) in ["f32", "bf16", "f16"].enumerated() {
                for (layout, layoutName) in ["outputs", "reduced"].enumerated() {
                    let name = "product-\(profileName)-\(elementName)-\(layoutName)"
                    var all: [Float] = []
                    for (index, shape) in Self.shapes.enumerated() {
                        let count = shape.outputs * shape.reduced
                        let source = Self.values(
                            2 * index, shape.rows * shape.reduced, shape.exponent)
                        let product = Product(
                            profile: profile, rows: shape.rows, reduced: shape.reduced,
                            outputs: shape.outputs, source: source)
                        let stored = Self.weights(element, 2 * index + 1, count, shape.exponent)
                        let out = stored.withUnsafeBytes { data in
                            product.computed(
                                plasmid_right(
                                    data: data.baseAddress,
                                    stride: layout == 0 ? shape.reduced : shape.outputs,
                                    element: Int32(element), layout: Int32(layout)))
                        }
                        all += out.prefix(shape.rows * shape.outputs)
                    }
                    take(name, all)
                }
            }
        }
    }
}

extension Conformance {
    mutating func rows() {
        let count = 1800
        let a = Self.values(100, count, 123), b = Self.values(101, count, 123)
        let start = Self.values(102, count, 123)
        func row(_ name: String, _ body: (inout [Float]) -> Void) {
            var result = start
            body(&result)
            take(name, result)
        }
        row("rms-norm") { plasmid_rms_norm(a, count, b, 0, 1, 1e-6, &$0) }
        row("layer-norm") { plasmid_layer_norm(a, count, b, 1, b, 0, 1e-5, &$0) }
        row("rope") { plasmid_rope(&$0, a, b, count / 2) }
        row("silu-gate") { plasmid_silu_gate(a, b, count, &$0) }
        row("gelu-tanh") { plasmid_gelu_tanh(a, count, &$0) }
        row("gelu-erf") { plasmid_gelu_erf(a, count, &$0) }
        row("gelu-tanh-gate") { plasmid_gelu_tanh_gate(a, b, count, &$0) }
        row("add") { plasmid_add(&$0, a, count) }
        row("add-scaled") { plasmid_add_scaled(&$0, 0.3, a, count) }
        row("add-stored") { plasmid_add_stored(&$0, a, 1, count) }
        row("multiply-stored") { plasmid_multiply_stored(&$0, a, 1, count) }
        row("scale") { plasmid_scale(&$0, 0.3, count) }
        row("divide") { plasmid_divide(a, 0.3, count, &$0) }
        row("round-bf16") { result in
            result.withUnsafeMutableBytes { bytes in
                plasmid_round_bf16(a, count, bytes.bindMemory(to: UInt16.self).baseAddress)
            }
        }
        row("softmax") { $0[3] = plasmid_softmax_row(&$0, 0.3, 5, count - 7, count) }
        let halves = (0..<65536).map { UInt16($0) }.filter { $0 & 0x7c00 != 0x7c00 }
        var wide = [Float](repeating: 0, count: halves.count)
        plasmid_widen(halves, 2, halves.count, &wide)
        take("widen-f16", wide)
    }

    mutating func training() {
        let count = 1800
        let first = Self.values(100, count, 123), second = Self.values(101, count, 123)
        let start = Self.values(102, count, 123)
        func row(
            _ name: String, _ body: (inout [Float], inout [Float], inout [Float]) -> Void
        ) {
            var (a, b, result) = (first, second, start)
            body(&result, &a, &b)
            take(name, result)
        }
        row("silu-gate-backward") { result, a, b in
            plasmid_silu_gate_backward(first, b, start, count, &result, &a)
        }
        row("silu-up-backward") { result, a, b in
            plasmid_silu_gate_backward(first, b, start, count, &a, &result)
        }
        row("gelu-tanh-backward") { result, a, b in
            plasmid_gelu_tanh_backward(a, b, count, &result)
        }
        row("gelu-erf-backward") { result, a, b in
            plasmid_gelu_erf_backward(a, b, count, &result)
        }
        row("rope-backward") { result, a, b in plasmid_rope_backward(&result, a, b, count / 2) }
        row("rms-norm-backward") { result, a, b in
            plasmid_rms_norm_backward(a, &b, count, second, 1, 1, 1e-6, &result)
        }
        var scratch = start
        row("layer-norm-backward") { result, a, b in
            plasmid_layer_norm_backward(a, &b, count, first, 0, 1e-5, &scratch, &result)
        }
        row("softmax-backward") { result, a, _ in
            plasmid_softmax_backward(&a, 3, &result, 0.25, 0.125, 5, count - 7, count)
        }
        row("transpose") { result, a, _ in plasmid_transpose(a, 45, 40, 45, &result, 40) }
        var dropout = plasmid_dropout(
            key: (7, 9), row: 3, stream: 5, step: 1, probability: 0.25)
        row("dropout") { result, a, _ in plasmid_dropout_row(&dropout, 8, a, count, &result) }
        var adamw = plasmid_adamw(
            clip: 0.7, decay: 0.999, first: 0.1, second: 0.999, fresh: 0.001, correction: 0.0316,
            epsilon: 1e-8, rate: 0.01)
        var moved = start
        row("adamw") { result, a, b in
            var squares = b.map { $0 * $0 }
            plasmid_adamw_step(&adamw, a, count, &result, &b, &squares)
            moved = result
        }
        take(
            "dot-square-sum",
            [plasmid_dot(first, moved, count), plasmid_square_sum(first, count)])
    }

    mutating func functions() {
        let small = Self.values(200, 20000, 121), large = Self.values(201, 20000, 127)
        take("exp", large.map { plasmid_exp($0) })
        take("log", large.map { plasmid_log($0 < 0 ? -$0 : $0) })
        take("tanh", small.map { plasmid_tanh($0) })
        take("erf", small.map { plasmid_erf($0) })
        take(
            "sine-cosine",
            large.flatMap { x -> [Double] in
                var sine = 0.0, cosine = 0.0
                plasmid_sincos(Double(x) * 1e6, &sine, &cosine)
                return [sine, cosine]
            })
        take(
            "exp64-log64",
            zip(small, large).flatMap { small, large -> [Double] in
                let square = Double(small) * Double(small)
                return [plasmid_exp64(Double(large)), plasmid_log64(2 + square)]
            })
    }
}

extension KernelsTests {
    @Suite struct ConformanceTests {
        @Test(arguments: Level.here)
        func `every level gives the digests that other CPUs gave`(level: Level) throws {
            let url = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../Vectors/kernels.json")
            let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
            let wanted = try #require(object as? [String: String])
            var conformance = Conformance()
            level.use {
                conformance.products()
                conformance.rows()
                conformance.training()
                conformance.functions()
            }
            for (name, digest) in wanted.sorted(by: { $0.key < $1.key }) {
                #expect(conformance.digests[name] == digest, "\(name)")
            }
            #expect(conformance.digests.count == wanted.count)
        }
    }
}

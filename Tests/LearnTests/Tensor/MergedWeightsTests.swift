import Genome
import Testing

@testable import Learn

@Suite struct MergedWeightsTests {
    /// Formats differ from those of the standard library nowhere.
    @Test func `half precision survives a round trip for each of its numbers`() {
        for half in UInt16.min...UInt16.max {
            let value = HalfFloat.widened(half)
            if (half & 0x7c00) == 0x7c00 && (half & 0x3ff) != 0 {
                #expect(value.isNaN)
                #expect(HalfFloat.rounded(value) & 0x7e00 == 0x7e00)
            } else if HalfFloat.rounded(value) != half {
                Issue.record("\(half) becomes \(HalfFloat.rounded(value))")
            }
        }
    }

    @Test func `between two halves the nearest wins, and the even one of equals`() {
        for half in UInt16(0)..<0x7bff {
            let (low, high) = (HalfFloat.widened(half), HalfFloat.widened(half + 1))
            let middle = (low + high) / 2
            let even = half & 1 == 0 ? half : half + 1
            guard HalfFloat.rounded(middle) == even, HalfFloat.rounded(-middle) == even | 0x8000,
                HalfFloat.rounded(middle.nextDown) == half,
                HalfFloat.rounded(middle.nextUp) == half + 1
            else {
                Issue.record("around \(middle)")
                return
            }
        }
    }

    @Test func `the largest half ends where infinity begins`() {
        #expect(HalfFloat.rounded(65_504) == 0x7bff)
        #expect(HalfFloat.rounded(Float(65_520).nextDown) == 0x7bff)
        #expect(HalfFloat.rounded(65_520) == 0x7c00)
        #expect(HalfFloat.rounded(.infinity) == 0x7c00)
        #expect(HalfFloat.rounded(-.greatestFiniteMagnitude) == 0xfc00)
        #expect(HalfFloat.rounded(0x1p-25) == 0)
        #expect(HalfFloat.rounded(Float(0x1p-25).nextUp) == 1)
        #expect(HalfFloat.rounded(-0.0) == 0x8000)
        #expect(HalfFloat.rounded(.leastNonzeroMagnitude) == 0)
    }

    /// W + s·BA by hand, for weights of each type; rounded as PEFT rounds: the product to the
    /// weights' type, then the sum.
    @Test(
        "a module with an adapter worked in is the weight plus the scaled product",
        arguments: ["F32", "BF16", "F16"])
    func sums(_ type: String) throws {
        let scratch = try ScratchFolder()
        var hand = HandModel()
        for index in hand.tensors.indices { hand.tensors[index].type = type }
        let model = try hand.open(in: scratch)
        let adapter = try HandAdapter().open(in: scratch)
        let stack = try AdapterStack(
            [AdapterStack.Member(adapter, weight: 0.75, identifier: "a")], model: model)
        let path = "model.layers.0.self_attn.v_proj"
        let linear = try #require(model.linears[path])
        let factors = try #require(stack.factors[path])
        let merged = try MergedWeights(linear, factors)
        let bytes = merged.rows(0..<2) + merged.rows(2..<4)
        let tolerance: Float = type == "F32" ? 1e-6 : type == "F16" ? 1e-3 : 8e-3
        let element = type == "F32" ? 4 : 2
        #expect(bytes.count == 4 * 8 * element)
        let weight = linear.weight.values()
        let (up, down) = (factors[0].up.values(), factors[0].down.values())
        bytes.withUnsafeBytes { space in
            let kind: Element = type == "F32" ? .float32 : type == "F16" ? .float16 : .bfloat16
            let found = Stored(data: space.baseAddress!, element: kind, rows: 4, columns: 8)
                .values()
            for row in 0..<4 {
                for column in 0..<8 {
                    var sum: Float = 0
                    for index in 0..<2 { sum += up[row * 2 + index] * down[index * 8 + column] }
                    let expected = weight[row * 8 + column] + 1.5 * sum
                    #expect(
                        abs(found[row * 8 + column] - expected)
                            <= tolerance * max(1, abs(expected)))
                }
            }
        }
    }
}

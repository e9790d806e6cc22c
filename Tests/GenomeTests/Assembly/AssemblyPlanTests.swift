import Testing
import Wire

@testable import Genome

@Suite("What an assembly comes to")
struct AssemblyPlanTests {
    private static let base = Fixtures.digest(100)

    /// Layers by number: 1–3 adapters, 4 a specialization, 5 a memory, 6 a base, 7 a speaking
    /// adapter, 8 a layer that nobody runs, 9 an adapter of another base.
    private static let parts: [LayerPart] = [
        (1, .adapter), (2, .adapter), (3, .adapter), (4, .text), (5, .memory), (6, .base),
        (7, [.adapter, .text]), (8, []), (9, .adapter),
    ].map { (number: UInt8, effects: LayerPart.Effects) in
        let isBound = !effects.isDisjoint(with: [.adapter, .base])
        return LayerPart(
            layer: Fixtures.digest(number), title: "l\(number)", effects: effects,
            base: isBound ? number == 9 ? Fixtures.digest(101) : base : nil)
    }

    private func plan(
        _ members: [(UInt8, String?)], _ lines: [(UInt8, UInt8, String, String?)] = []
    ) throws -> AssemblyPlan {
        let layers = members.map { number, weight -> JSONValue in
            var object = JSONObject()
            object["layer"] = .string(Fixtures.digest(number).hexadecimal)
            object["weight"] = weight.map { .string($0) }
            return .object(object)
        }
        var object = AssemblyTests.json(1, lines).object ?? JSONObject()
        object["layers"] = .array(layers)
        return try AssemblyPlan(Assembly(.object(object)), Self.parts)
    }

    private func words(
        _ members: [UInt8], _ lines: [(UInt8, UInt8, String, String?)] = []
    ) -> String {
        Fixtures.fault { _ = try plan(members.map { ($0, nil) }, lines) }?.description ?? ""
    }

    private func weights(_ plan: AssemblyPlan) -> [[Double]] {
        plan.adapters.map { $0.map(\.weight) }
    }

    @Test func `adapters add side by side with their influence`() throws {
        let plan = try plan([(2, "0.5"), (1, nil), (6, nil)])
        #expect(
            plan.adapters.map { $0.map(\.layer) }
                == [[Fixtures.digest(2)], [Fixtures.digest(1)]])
        #expect(weights(plan) == [[0.5], [1]])
        #expect(plan.base == Fixtures.digest(6) && plan.texts.isEmpty && plan.leftOut.isEmpty)
    }

    @Test func `parallel multiplies the second by its strength`() throws {
        let plan = try plan(
            [(1, "0.5"), (2, "0.5"), (3, nil)],
            [(1, 2, "parallel", "0.5"), (1, 3, "parallel", "0.25"), (2, 3, "parallel", "0.5")])
        #expect(weights(plan) == [[0.5], [0.25], [0.125]])
    }

    @Test func `skip leaves the second out as far as it is strong`() throws {
        let half = try plan([(1, nil), (2, "0.5")], [(1, 2, "skip", "0.25")])
        #expect(weights(half) == [[1], [0.375]])
        let whole = try plan(
            [(1, nil), (2, nil), (4, nil)], [(1, 2, "skip", nil), (1, 4, "skip", "1")])
        #expect(weights(whole) == [[1]] && whole.texts.isEmpty)
        #expect(whole.leftOut == [Fixtures.digest(2), Fixtures.digest(4)])
        let open = try plan([(1, nil), (4, nil)], [(1, 4, "skip", "0")])
        #expect(open.texts == [Fixtures.digest(4)])
        // One that speaks as well keeps its words while its weights are weakened.
        let both = try plan([(1, nil), (7, nil)], [(1, 7, "skip", "0.5")])
        #expect(weights(both) == [[1], [0.5]] && both.texts == [Fixtures.digest(7)])
    }

    @Test func `merge makes one of all that it joins`() throws {
        let plan = try plan(
            [(3, nil), (1, "0.5"), (2, nil)], [(1, 2, "merge", "0.5"), (2, 3, "merge", nil)])
        #expect(
            plan.adapters.map { $0.map(\.layer) }
                == [[Fixtures.digest(3), Fixtures.digest(1), Fixtures.digest(2)]])
        #expect(weights(plan) == [[1, 0.5, 0.5]])
    }

    @Test func `an adapter of influence 0 is passed by`() throws {
        let plan = try plan([(1, "0"), (2, nil)])
        #expect(weights(plan) == [[1]] && plan.leftOut == [Fixtures.digest(1)])
    }

    @Test func `sequential orders what stands before a conversation`() throws {
        let given = try plan([(4, nil), (5, nil), (7, nil)])
        #expect(given.texts == [4, 5, 7].map { Fixtures.digest($0) })
        let turned = try plan([(4, nil), (5, nil), (7, nil)], [(5, 4, "sequential", nil)])
        #expect(turned.texts == [5, 4, 7].map { Fixtures.digest($0) })
    }

    @Test func `what means nothing is refused by name`() {
        #expect(
            words([1, 2], [(1, 2, "sequential", nil)])
                == "sequential from l1 to l2 means nothing: adapters over one base add up, so "
                + "their order changes nothing; say parallel")
        #expect(words([1, 4], [(1, 4, "parallel", nil)]).contains("l4 is no adapter"))
        #expect(words([4, 1], [(4, 1, "merge", nil)]).contains("l4 is no adapter"))
        #expect(words([4, 5], [(4, 5, "sequential", "0.5")]).contains("an order has no strength"))
        #expect(words([1, 4], [(1, 4, "skip", "0.5")]).contains("say strength 0 or 1"))
        #expect(words([1, 6], [(1, 6, "skip", nil)]).contains("nothing runs without its base"))
        #expect(words([6, 4], [(6, 4, "sequential", nil)]).contains("l6 has no words"))
    }

    @Test func `layers that cannot act together are refused by name`() {
        #expect(words([1, 9]) == "l1 and l9 were made for different bases")
        #expect(words([6, 9]) == "l6 and l9 were made for different bases")
        #expect(words([1, 8]).contains("l8 cannot be a member"))
        #expect(words([1, 50]).contains("it is not here"))
        let twice = Fixtures.fault {
            let json = AssemblyTests.json(2, [])
            let parts = (1...2).map { number in
                LayerPart(
                    layer: Fixtures.digest(number), title: "m\(number)", effects: .base, base: nil)
            }
            _ = try AssemblyPlan(Assembly(json), parts)
        }
        #expect(twice?.description == "m1 and m2 are both base models")
    }
}

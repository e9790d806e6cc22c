import Genome
import Testing
import Wire

@Suite("The ancestors of a layer")
struct LicenceWalkTests {
    @Test func `the shortest of several paths is told`() throws {
        var tree = FamilyTree()
        try tree.add(1, "D", "CC-BY-NC-4.0")
        try tree.add(2, "A", "CC-BY-NC-4.0", [.data(1)])
        try tree.add(3, "P", "CC-BY-4.0", [.parent(2), .data(1)])
        let far = try tree.check("MIT", [.parent(3)]).refusal
        #expect(far?.origin == "nonCommercial via parent P via parent A")
        let near = try tree.check("MIT", [.parent(3), .data(1)]).refusal
        #expect(near?.origin == "nonCommercial via dataset D")
    }

    @Test func `a circle is refused`() throws {
        var tree = FamilyTree()
        try tree.add(1, "A", "MIT", [.parent(2)])
        try tree.add(2, "B", "MIT", [.parent(3)])
        try tree.add(3, "C", "MIT", [.parent(1)])
        #expect(try tree.check("MIT", [.parent(1)]).refusal?.rule == .cycle)
        try tree.add(3, "C", "MIT", [.parent(3)])
        #expect(try tree.check("MIT", [.parent(1)]).refusal?.rule == .cycle)
    }

    @Test func `a diamond is none`() throws {
        var tree = FamilyTree()
        try tree.add(1, "A", "MIT", [.parent(2), .parent(3)])
        try tree.add(2, "B", "MIT", [.base(4)])
        try tree.add(3, "C", "MIT", [.base(4), .data(4)])
        try tree.add(4, "D", "MIT")
        #expect(try tree.check("MIT", [.parent(1)]).refusal == nil)
    }

    @Test func `length and number are bounded`() throws {
        func chain(_ count: Int) -> LicenceSource {
            (0..<count).reduce(LicenceSource(label: "end", stated: .nothing)) { source, number in
                LicenceSource(
                    label: "s\(number)",
                    stated: .expression(.licence(id: "MIT", orLater: false)),
                    links: [LicenceLink(.parent, .stated(source))])
            }
        }
        func check(_ links: [LicenceLink]) -> LicenceRule? {
            LicencePropagation { _ in nil }.check(
                LicenceChild(name: "x", declared: nil, visibility: .private, links: links)
            ).refusal?.rule
        }
        #expect(check([LicenceLink(.parent, .stated(chain(63)))]) == nil)
        #expect(check([LicenceLink(.parent, .stated(chain(64)))]) == .tooLarge)
        let one = LicenceLink(.parent, .stated(chain(0)))
        #expect(check(Array(repeating: one, count: 1_024)) == nil)
        #expect(check(Array(repeating: one, count: 1_025)) == .tooLarge)
    }

    @Test func `ancestors that are not known are named by their path`() throws {
        var tree = FamilyTree()
        try tree.add(1, "A", "MIT", [.parent(7)])
        let unverified = try tree.check("MIT", [.parent(1)]).unverified
        #expect(unverified == ["parent A via parent 0707070707070707"])
    }
}

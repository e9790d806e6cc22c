import Genome
import Swarm
import Testing

@testable import Node

struct LayerUseTests {
    @Test func `words of a purpose are understood, and others are fields of use`() throws {
        let use = try LayerUse.run(["commercial", "not-research", "clinical"])
        #expect(use.action == .run)
        #expect(
            use.purpose
                == Purpose(isCommercial: true, isResearch: false, domains: ["clinical"]))
        #expect(try LayerUse.train([]).purpose == Purpose())
        #expect(throws: Failure.self) { try LayerUse.derive([""]) }
        #expect(throws: Failure.self) { try LayerUse.derive(["a\u{1b}b"]) }
    }

    @Test func `it goes to the node and comes back`() throws {
        let use = try LayerUse.derive(["research"])
        var object = JSONObject()
        use.write(to: &object)
        let request = ServiceRequest(verb: "model", arguments: object, files: [])
        let back = try #require(try LayerUse(request))
        #expect(back.action == use.action && back.purpose == use.purpose)
        let none = ServiceRequest(verb: "model", arguments: JSONObject(), files: [])
        let nothing = try LayerUse(none)
        #expect(nothing == nil)
    }
}

import Foundation
import Genome
import Host
import Store
import Testing
import Wire

@testable import Node

@Suite("The way to a home")
struct AccessTests {
    @Test func `makes a home once and opens it for one at a time`() throws {
        let laboratory = try Laboratory()
        let path = "\(laboratory.path)/home"
        var first: Service? = try Access.service(path)
        let key = try #require(first?.keys.node.publicKey)
        #expect { try Access.service(path) } throws: { ($0 as? Failure)?.code == .busy }
        first = nil
        #expect(try Access.service(path).keys.node.publicKey == key)
    }

    @Test func `refuses a folder that is something else`() throws {
        let laboratory = try Laboratory()
        try laboratory.write("home/thesis.txt", "Years of work.\n")
        #expect { try Access.service("\(laboratory.path)/home") } throws: {
            ($0 as? Failure)?.code == .refused
        }
    }

    @Test func `a progress display is silent where no person looks`() {
        var display = ProgressDisplay(label: nil)
        display.update(JSONObject([.init(name: "done", value: 1), .init(name: "total", value: 2)]))
        display.clear()
    }
}

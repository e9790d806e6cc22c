import Genome
import Testing

@testable import Node

@Suite("Scopes of a search")
struct FindScopeTests {
    private let home: HomeFixture

    init() throws { home = try HomeFixture() }

    private func names(_ arguments: [(String, JSONValue)]) throws -> [String] {
        let rows = try home.ask("find", arguments)["results"]?.array ?? []
        return rows.compactMap { $0["ref"]?.string }
    }

    @Test func `local shows what is here, global what was heard of`() throws {
        _ = try home.hear(of: "poems", layer: 5)
        #expect(try names([("scope", "global")]).count == 1)
        #expect(try names([]).count == 1)
        #expect(try names([("scope", "local")]).isEmpty)
        let answer = try home.ask("find", [("scope", "local")])
        #expect(answer["scope"] == "local" && answer["nodes"] == 1)
        #expect(answer["asOf"] == .null && answer["running"] == false)
    }

    @Test func `regional needs a region to hold others against`() throws {
        #expect(throws: Failure.self) { try names([("scope", "regional")]) }
        #expect(try home.service.library.region(setting: "eu-central") == "eu-central")
        #expect(try home.service.library.region() == "eu-central")
        #expect(try names([("scope", "regional")]).isEmpty)
        #expect(try home.service.library.region(setting: "") == nil)
        #expect(try home.service.library.region() == nil)
    }

    @Test func `another word is none`() {
        #expect(throws: Failure.self) { try FindScope("galactic") }
    }

    @Test func `a program asks with conditions and is told what it may not ask`() throws {
        _ = try home.hear(of: "poems", layer: 5)
        func ask(_ text: String) throws -> JSONObject {
            let query = try JSONParser.parse(Array(text.utf8), limits: JSONLimits(bytes: 4_096))
            return try home.ask("discoverLayers", [("query", query), ("scope", "global")])
        }
        let found = try ask(#"{"all":[{"text":"poem"},{"type":"memory"}],"limit":1}"#)
        #expect(found["results"]?.array?.count == 1)
        #expect(found["truncated"] == false && found["next"]?.string != nil)
        let next = found["next"]?.string ?? ""
        #expect(try ask(#"{"after":"\#(next)"}"#)["results"]?.array?.isEmpty == true)
        let failure = #expect(throws: Failure.self) { try ask(#"{"all":[{"colour":"red"}]}"#) }
        #expect(failure?.code == .usage)
        #expect(failure?.message.contains("all[0].colour is not a known member") == true)
    }

    @Test func `a reply stays within its bytes and says where to go on`() throws {
        for number in UInt64(0)..<150 {
            _ = try home.hear(of: "poems-\(number)", layer: 1_000 + number)
        }
        var seen: Set<String> = []
        var arguments: [(String, JSONValue)] = []
        for _ in 0..<10 {
            let answer = try home.ask("find", arguments)
            let rows = answer["results"]?.array ?? []
            #expect(CanonicalJSON.write(.array(rows)).count <= QueryLimits.replyBytesMax + 101)
            let before = seen.count
            seen.formUnion(rows.compactMap { $0["layer"]?.string })
            #expect(seen.count == before + rows.count)
            guard let next = answer["next"] else { break }
            arguments = [("after", next)]
        }
        #expect(seen.count == 150)
    }
}

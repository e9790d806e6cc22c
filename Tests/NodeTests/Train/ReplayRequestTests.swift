import Genome
import Learn
import Testing
import Wire

@testable import Node

@Suite("The request of a replay")
struct ReplayRequestTests {
    private func request() -> ReplayRequest {
        ReplayRequest(
            inputs: TrainInputs(
                base: TrainInputs.Part(
                    files: LayerFiles(["config.json": "/b/config.json"], title: "b"), layer: nil,
                    facts: nil),
                start: nil, data: [TrainInputs.Source(name: "d.txt", path: "/d.txt")],
                evaluation: [], settings: TrainingSettings(), dataSettings: DataSettings()),
            home: "/home", record: Blake3.hash([1]), title: "run 1", threads: 3, memory: 9 << 20,
            isAll: true, isGiven: false)
    }

    @Test func `comes back as it was written`() throws {
        let again = try ReplayRequest(try request().bytes())
        #expect(again.home == "/home" && again.record == Blake3.hash([1]) && again.threads == 3)
        #expect(again.memory == 9 << 20)
        #expect(again.isAll && !again.isGiven && again.title == "run 1")
        #expect(again.inputs.data.map(\.path) == ["/d.txt"])
        #expect(try again.bytes() == (try request().bytes()))
    }

    @Test func `is refused when it is none`() throws {
        for text in ["", "{}", "[]"] {
            #expect(throws: Failure.self) { _ = try ReplayRequest(Array(text.utf8)) }
        }
        var other = request()
        other.threads = 0
        let bytes = try other.bytes()
        #expect(throws: Failure.self) { _ = try ReplayRequest(bytes) }
    }

    @Test func `names an object that is not here`() throws {
        let home = try HomeFixture()
        let failure = #expect(throws: Failure.self) {
            _ = try ReplayRequest.object(
                Blake3.hash([9]), "the run record", limit: 9, home.layout)
        }
        #expect(failure?.code == .notFound && failure?.message == "the run record is not here")
        let text = "some text\n"
        try home.share("notes", text: text)
        let blob = Blake3.hash(Array(text.utf8))
        #expect(try ReplayRequest.object(blob, "it", limit: 10, home.layout).count == 10)
        let long = #expect(throws: Failure.self) {
            _ = try ReplayRequest.object(blob, "it", limit: 9, home.layout)
        }
        #expect(long?.code == .corrupt)
    }
}

import Genome
import Learn
import Testing
import Wire

@testable import Node

@Suite("The request of a check")
struct CheckRequestTests {
    /// A request as its process would read it.
    static func text(_ more: String = "") -> String {
        let zero = String(repeating: "00", count: 32)
        return #"""
            {"manifest":{"name":"poems"},"run":true,"threads":3,"memory":9,\#(more)
            "source":{"title":"poems","files":[{"name":"a.safetensors","path":"/a"}],"layer":"aa",
            "type":"lora","home":"/home","created":7,"sections":{"loraConfig":{}},
            "base":{"layer":null,"weights":"\#(zero)","graph":"\#(zero)","tokenizer":null}}}
            """#
    }

    @Test func `comes back as it was written`() throws {
        let base = #""base":{"title":"b","files":[]},"#
        let request = try CheckRequest(Array(Self.text(base).utf8))
        let again = try CheckRequest(request.bytes)
        #expect(again.bytes == request.bytes && again.isRun)
        #expect(again.threads == 3 && again.memory == 9 && again.manifest["name"] == "poems")
        #expect(again.source.files.paths == ["a.safetensors": "/a"])
        #expect(again.source.layer == "aa" && again.source.kind == .lora)
        #expect(again.source.home == "/home" && again.source.created == 7)
        #expect(again.source.base?.weights == Digest(words: (0, 0, 0, 0)))
        #expect(again.source.sections["loraConfig"] != nil && again.source.offers == nil)
        #expect(try again.base.get().title == "b")
    }

    @Test func `says why there is no base`() throws {
        let none = #""noBase":{"code":"notFound","message":"m","why":"w","do":"d"},"#
        let request = try CheckRequest(Array(Self.text(none).utf8))
        let again = try CheckRequest(request.bytes)
        guard case .failure(let failure) = again.base else {
            Issue.record("a base")
            return
        }
        #expect(failure == Failure(.notFound, "m", why: "w", remedy: "d"))
    }

    @Test func `is refused when it is none`() {
        let others = [
            "", "{}", "[]", Self.text().replacing("\"threads\":3", with: "\"threads\":0"),
        ]
        for text in others {
            #expect(throws: Failure.self) { _ = try CheckRequest(Array(text.utf8)) }
        }
    }
}

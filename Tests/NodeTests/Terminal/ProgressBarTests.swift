import Testing

@testable import Node

@Suite("A progress bar")
struct ProgressBarTests {
    @Test("is silent for a second and draws ten times a second at most")
    func quiet() {
        var bar = ProgressBar(label: "fetch", totalBytes: 100, at: 10)
        #expect(bar.update(doneBytes: 10, at: 10.9) == nil && bar.clear() == nil)
        #expect(bar.update(doneBytes: 20, at: 11) != nil)
        #expect(bar.update(doneBytes: 30, at: 11.05) == nil)
        #expect(bar.update(doneBytes: 30, at: 11.11) != nil && bar.clear() != nil)
    }

    @Test("tells share, bytes, rate and what is left")
    func tells() {
        var bar = ProgressBar(label: "fetch poems", totalBytes: 4_000_000, at: 0)
        _ = bar.update(doneBytes: 1_000_000, at: 2)
        #expect(
            bar.line(at: 2, width: 100)
                == "fetch poems [#######.......................]   25 %  1.00 MB of 4.00 MB  "
                + "500 kB/s  0:06 left")
        _ = bar.update(doneBytes: 1_000_000, sources: 3, at: 2)
        #expect(bar.line(at: 2, width: 100).hasSuffix("500 kB/s  3 peers  0:06 left"))
        #expect(TextWidth.columns(bar.line(at: 2, width: 80)) <= 79)
        #expect(TextWidth.columns(bar.line(at: 2, width: 20)) <= 19)
    }

    @Test("what was there before says nothing about the rate")
    func reused() {
        var bar = ProgressBar(label: "x", totalBytes: 100, reusedBytes: 90, at: 0)
        _ = bar.update(doneBytes: 90, at: 2)
        #expect(bar.line(at: 2, width: 80).contains("90 %"))
        #expect(!bar.line(at: 2, width: 80).contains("left"))
        _ = bar.update(doneBytes: 200, at: 3)
        #expect(bar.line(at: 3, width: 80).contains("100 %"))
    }

    @Test("an empty file is done at once")
    func empty() {
        let bar = ProgressBar(label: "x", totalBytes: 0, at: 0)
        #expect(bar.line(at: 5, width: 80).contains("100 %"))
    }
}

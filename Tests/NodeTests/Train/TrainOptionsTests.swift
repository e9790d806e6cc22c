import Genome
import Learn
import Testing

@testable import Node

@Suite("The options of a training")
struct TrainOptionsTests {
    @Test("name targets by their ends, all of them, or by a pattern")
    func targets() {
        #expect(TrainOptions.targets("q_proj,v_proj") == .names(["q_proj", "v_proj"]))
        #expect(TrainOptions.targets("all-linear") == .allLinear)
        #expect(TrainOptions.targets(#".*\.(q|k)_proj"#) == .pattern(#".*\.(q|k)_proj"#))
    }

    @Test("give memory in powers of 1024")
    func bytes() throws {
        #expect(try TrainOptions.bytes("512M") == 512 << 20)
        #expect(try TrainOptions.bytes("1.5g") == 3 << 29)
        #expect(try TrainOptions.bytes("4096") == 4_096)
        for text in ["", "G", "-1G", "lots", "1e30"] {
            #expect(throws: Failure.self) { _ = try TrainOptions.bytes(text) }
        }
    }
}

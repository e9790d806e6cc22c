import Genome
import Testing

@Suite("Exceptions of the SPDX list")
struct LicenceAdditionsTests {
    @Test func `are printed in the spelling of the list`() throws {
        for (text, canonical) in [
            ("MIT with llvm-exception", "MIT WITH LLVM-exception"),
            ("GPL-2.0-only WITH LINUX-SYSCALL-NOTE", "GPL-2.0-only WITH Linux-syscall-note"),
        ] {
            #expect(try LicenceExpression(parsing: text).description == canonical)
        }
    }
}
